-- Movements of supply, each once under its id; settings; the shop's word on a buyer.

local answerKnown, returnKnown
do
  local MOST = 9007199254740991

  -- A number as it is told, where it may come near 2^53: a client may lose the last digit of an integer as large.
  local function large(number) return string.format('%.0f', number) end

  local function refusedDelta(account, delta)
    if account.available + delta < 0 then return { 'insufficient-stock', large(account.available) } end
    if account.supplied + delta > MOST then return 'overflow' end
  end

  local function applyDelta(account, delta, id, cause)
    account.supplied = account.supplied + delta
    move(account, delta, 0, 0, 0)
    note(pack('<BI3BI7', 83, account.number, delta < 0 and 1 or 0, math.abs(delta)) .. packText(id) .. packText(cause))
  end

  function HANDLERS.supply(command)
    local text, id, delta = command.account, command.movement, command.delta
    local account = accountNamed(text)
    if account then
      local known = movement(movementField(account.number, nil, id))
      if known then return known == command.data and 'replayed-movement' or 'id-reused' end
    elseif delta < 0 then return 'account-unknown' end
    local refused = refusedDelta(account or { available = 0, supplied = 0 }, delta)
    if refused then return refused end
    account = account or createAccount(text)
    applyDelta(account, delta, id, command.cause)
    putMovement(movementField(account.number, nil, id), command.data)
    return { 'supplied', large(account.available) }
  end

  -- `known`: what the movement's id stands for on each account; `nil` if it is free on all.
  function answerKnown(known, count_, data)
    local some, all = false, true
    for i = 1, count_ do
      some = some or known[i] ~= nil
      all = all and known[i] == data
    end
    if some then return all and 'replayed-movement' or 'id-reused' end
  end

  function HANDLERS.transfer(command)
    local from, to, id = accountNamed(command.from), accountNamed(command.to), command.movement
    local known = {}
    known[1] = from and movement(movementField(from.number, nil, id)) or nil
    known[2] = to and movement(movementField(to.number, nil, id)) or nil
    local answer = answerKnown(known, 2, command.data)
    if answer then return answer end
    if not from or not to then
      local unknown = {}
      if not from then unknown[1] = 0 end
      if not to then unknown[#unknown + 1] = 1 end
      return { 'account-unknown', unknown }
    end
    local refused = refusedDelta(from, -command.quantity)
    if refused then return { 'refused', 0, refused } end
    refused = refusedDelta(to, command.quantity)
    if refused then return { 'refused', 1, refused } end
    applyDelta(from, -command.quantity, id, 'transfer')
    applyDelta(to, command.quantity, id, 'transfer')
    putMovement(movementField(from.number, nil, id), command.data)
    putMovement(movementField(to.number, nil, id), command.data)
    return 'transferred'
  end

  function HANDLERS.configure(command)
    local account = accountNamed(command.account)
    if not account then return 'account-unknown' end
    local version, limit = command.version, command.backorderLimit
    if version == account.configVersion and command.opensAt == account.opensAt
      and command.closesAt == account.closesAt and limit == account.backorderLimit then return 'configured' end
    if version <= account.configVersion then return { 'stale-version', large(account.configVersion) } end
    account.configVersion, account.backorderLimit = version, limit
    account.opensAt, account.closesAt = command.opensAt, command.closesAt
    accountChanged(account)
    note(pack(
      '<BI3I4I7I7I7I7', 90, account.number, account.version + 1, (account.opensAt or -1) + 1,
      (account.closesAt or -1) + 1, limit, version
    ))
    return 'configured'
  end

  function HANDLERS.judge(command)
    local names = command.names
    for i = 1, #names do
      local root, name = names[i][1], names[i][2]
      local record = strikeOf(word(root), name)
      local tag, tagUntil = NO_TAG, 0
      if i == 1 and command.tag then tag, tagUntil = command.tag, command.tagUntil end
      if command.tags and (record and record.tag or NO_TAG) ~= tag
        or command.tags and tag ~= NO_TAG and record.tagUntil ~= tagUntil then
        record = strikeRecord(wordToWrite(root), name)
        record.tag, record.tagUntil = tag, tagUntil
      end
      if command.forgive and record and record.count > 0 then
        record = strikeRecord(word(root), name)
        record.count, record.until_ = 0, 0
      end
      if record and record.count == 0 and record.tag == NO_TAG then
        subjectToChange(name).strikes[word(root)] = nil
      end
    end
    return 'judged'
  end

  -- Units of a paid reservation come back: into stock or written off.
  function returnKnown(command, r)
    local id, units, lines = command.id, command.units, {}
    if not r then return 'unknown-id' end
    if r.status ~= CONFIRMED then return already(r) end
    if r.marked then return 'marked' end
    for i = 1, #units do
      lines[i] = lineOf(r, units[i][1], units[i][3])
      local line = lines[i]
      local held = line and line.quantity - line.owed - line.returned or 0
      if units[i][2] > held then return { 'exceeds', i - 1, held } end
    end
    if r.unarchive then r.unarchive() end
    local whole = isWhole(id, r)
    local flags = string.char(command.restock and 1 or 0, command.giveBackUses and 1 or 0, whole and 1 or 0)
    local parts, back = { packText(command.movement), flags, string.char(#units) }, {}
    for i = 1, #units do
      local line, quantity = lines[i], units[i][2]
      back[line] = quantity
      line.returned = line.returned + quantity
      parts[#parts + 1] = pack('<I3I4', line.account, quantity) .. (line.account == 0 and packText(units[i][3]) or '')
      local account = not whole and line.account ~= 0 and accountNumbered(line.account)
      if account then
        if not command.restock then account.supplied = account.supplied - quantity end
        move(account, command.restock and quantity or 0, 0, -quantity, 0)
      end
      if not whole then putMovement(movementField(line.account, units[i][3], command.movement), command.data) end
    end
    if command.giveBackUses then
      for i = 1, #r.uses do
        local use, sum = r.uses[i], 0
        for j = 1, #use.lines do sum = sum + (back[r.lines[use.lines[j] + 1]] or 0) end
        sum = math.min(sum, use.quantity)
        if not whole then count(use.root, r.text[use.subject + 1], -sum) end
        use.quantity = use.quantity - sum
      end
    end
    noteOf(85, id, r, table.concat(parts))
    keep(id, r)
    return 'returned'
  end

  HANDLERS['return'] = function(command)
    local r, known, units = restored(command, current(command.id)), {}, command.units
    for i = 1, #units do
      known[i] = movement(movementField(word(units[i][1]), units[i][3], command.movement))
    end
    return answerKnown(known, #units, command.data) or returnKnown(command, r)
  end
end
