-- Expires what is due, and fills what is owed: bounded, the longest first.

function HANDLERS.sweep(command)
  local due, nextDue = dueHolds(command.limit)
  local expired = {}
  for i = 1, #due do
    local r = current(due[i])
    if r and r.status == EXPIRED then expired[#expired + 1] = due[i] end
  end
  local unsettled = keepsHomes and handOut(due, expired, command.limit) or false
  return { 'swept', expired, nextDue, nextDue and nextDue <= now and 1 or 0, unsettled }
end

function HANDLERS.fill(command)
  local account = accountNamed(command.account)
  if not account then return 'account-unknown' end
  local changed = 0
  for _ in pairs(owedChanges) do changed = changed + 1 end
  local from = account.number * OWED_RANGE
  local owing = inIndex(OWED, owedChanges, changed, from, from + OWED_RANGE - 1, command.limit)
  local filled = {}
  for i = 1, #owing do
    if account.available == 0 then break end
    local id = string.sub(owing[i][1], 4)
    local r = current(id)
    local line
    if r and (r.status == HELD or r.status == CONFIRMED) then
      for j = 1, #r.lines do
        if r.lines[j].account == account.number then line = r.lines[j] end
      end
    end
    local quantity = line and math.min(line.owed, account.available) or 0
    if quantity > 0 then
      line.owed, line.wasOwed = line.owed - quantity, true
      noteOf(70, id, r, pack('<I3I4I4B', account.number, quantity, line.owed, r.status))
      local held = r.status == HELD
      move(account, -quantity, held and quantity or 0, held and 0 or quantity, -quantity)
      keep(id, r)
      if isPiece(id) then noteFilled(id) end
      filled[#filled + 1] = { id, quantity }
    end
  end
  return { 'filled', filled, account.available > 0 and account.backordered > 0 and 1 or 0 }
end
