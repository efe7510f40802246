-- What an event changes beside its reservation: accounts, counters, guards, strikes, the two indexes.

local move, moveLine, counterOf, count, countUses, guardOf, openGuards, freeGuards, strikesAt, strikeRecord, strike, noteOwed, keep, owedLines, OWED_RANGE
do
  local NEVER = 9007199254740991

  function move(account, available, reserved, sold, backordered)
    if not account then return end
    account.available = account.available + available
    account.reserved = account.reserved + reserved
    account.sold = account.sold + sold
    account.backordered = account.backordered + backordered
    accountChanged(account)
  end

  function moveLine(line, available, reserved, sold, backordered)
    if line.account ~= 0 then move(accountNumbered(line.account), available, reserved, sold, backordered) end
  end

  function counterOf(root, name)
    local counters = root and subject(name).counters
    local counter = counters and counters[root]
    return counter and counter.used or 0
  end

  function count(root, name, quantity)
    if quantity == 0 then return end
    local s = subjectToChange(name)
    s.counters = s.counters or {}
    local counter = s.counters[root]
    if not counter then
      counter = { used = 0, archived = 0 }
      s.counters[root] = counter
    end
    counter.used = counter.used + quantity
  end

  function countUses(r, sign)
    for i = 1, #r.uses do
      local use = r.uses[i]
      count(use.root, r.text[use.subject + 1], sign * use.quantity)
    end
  end

  function guardOf(root, name)
    local guards = root and subject(name).guards
    return guards and guards[root]
  end

  function openGuards(id, r)
    local expiresAt = isPiece(id) and NEVER or r.until_
    for i = 1, #r.guards do
      local guard = r.guards[i]
      local s = subjectToChange(r.text[guard.subject + 1])
      s.guards = s.guards or {}
      s.guards[guard.root] = { id = id, expiresAt = expiresAt }
    end
  end

  -- Freed only by its own id: another order may have opened the slot since.
  function freeGuards(id, r)
    for i = 1, #r.guards do
      local guard = r.guards[i]
      local name = r.text[guard.subject + 1]
      local open = guardOf(guard.root, name)
      if open and open.id == id then subjectToChange(name).guards[guard.root] = nil end
    end
  end

  function strikesAt(record)
    return record and now < record.until_ and record.count or 0
  end

  function strikeRecord(root, name)
    local s = subjectToChange(name)
    s.strikes = s.strikes or {}
    local record = s.strikes[root]
    if not record then
      record = { count = 0, until_ = 0, tag = NO_TAG, tagUntil = 0 }
      s.strikes[root] = record
    end
    return record
  end

  function strike(r)
    local record = strikeRecord(r.strike.root, r.text[r.strike.subject + 1])
    record.count = strikesAt(record) + 1
    record.until_ = now + r.strike.ms
  end

  -- Who is owed units of an account lies in the order in which they came to be owed: the account's number, then theirs.
  OWED_RANGE = 4294967296

  local function owedMember(account, id)
    return pack('<I3', account) .. id
  end

  function noteOwed(id, r)
    local mayBeOwed = r.status == HELD or r.status == CONFIRMED
    for i = 1, #r.lines do
      local line = r.lines[i]
      if line.account ~= 0 and (line.owed > 0 or line.wasOwed) then
        local member, isOwed = owedMember(line.account, id), mayBeOwed and line.owed > 0
        local known = owedChanges[member]
        if known == nil then known = redis.call('ZSCORE', OWED, member) end
        if isOwed and not known then
          owedCount = owedCount + 1
          owedChanges[member] = line.account * OWED_RANGE + owedCount
        elseif known and not isOwed then
          owedChanges[member] = false
        end
      end
    end
  end

  -- A reservation as it stands after an event.
  function keep(id, r)
    putReservation(id, r)
    if isLive(r) then noteDue(id, r) end
    if not isWhole(id, r) then noteOwed(id, r) end
  end

  function owedLines(lines)
    local owed = {}
    for i = 1, #lines do
      if lines[i].owed > 0 then owed[#owed + 1] = { i - 1, lines[i].owed } end
    end
    return owed
  end
end
