-- What becomes of a reservation: extend, shrink, confirm, release, return.

local already, noteOf, lineOf, refund, sell, packShort, wantsUnits
do
  function already(r)
    return { 'already', r.status }
  end

  function noteOf(type, id, r, rest)
    r.version = r.version + 1
    note(pack('<BHc0I4', type, #id, id, r.version) .. rest)
  end

  function HANDLERS.extend(command)
    local r = current(command.id)
    if not r then return 'unknown-id' end
    if not isLive(r) then return already(r) end
    local expiresAt = math.max(r.until_, math.min(now + command.holdMs, r.maxExpiresAt))
    if expiresAt ~= r.until_ then
      noteOf(88, command.id, r, pack('<I7', expiresAt))
      r.until_ = expiresAt
      if not isWhole(command.id, r) then openGuards(command.id, r) end
      keep(command.id, r)
    end
    return { 'extended', expiresAt }
  end

  -- The line of an account by its text; lines elsewhere are known by their place.
  function lineOf(r, text, place)
    local number = not place and word(text)
    for i = 1, #r.lines do
      local line = r.lines[i]
      if place then
        if line.account == 0 and r.text[line.place + 1] == place then return line end
      elseif line.account ~= 0 and line.account == number then return line end
    end
  end

  function HANDLERS.shrink(command)
    local id, r = command.id, current(command.id)
    if not r then return 'unknown-id' end
    if not isLive(r) then return already(r) end
    local kept = {}
    for i = 1, #command.keep do
      local units = command.keep[i]
      local line = lineOf(r, units[1], units[3])
      local held = line and line.quantity or 0
      if units[2] > held then return { 'exceeds', i - 1, held } end
      if line and not kept[line] then kept[line] = units[2] end
    end
    local before, lines, changed = r.lines, {}, false
    for i = 1, #before do
      local line = before[i]
      local quantity = kept[line] or 0
      local owed = math.max(0, line.owed - (line.quantity - quantity))
      changed = changed or quantity ~= line.quantity
      lines[i] = {
        account = line.account, place = line.place, quantity = quantity, owed = owed, returned = 0,
        wasOwed = line.owed > 0,
      }
    end
    if not changed then return 'shrunk' end
    local whole = isWhole(id, r)
    for i = 1, #lines do
      local old, line = before[i], lines[i]
      local owed = old.owed - line.owed
      local quantity = old.quantity - line.quantity - owed
      if r.status == HELD and not whole and old.quantity ~= line.quantity then
        moveLine(line, quantity, -quantity, 0, -owed)
      end
    end
    for i = 1, #r.uses do
      local use, sum = r.uses[i], 0
      for j = 1, #use.lines do sum = sum + lines[use.lines[j] + 1].quantity end
      if not whole and use.quantity > sum then count(use.root, r.text[use.subject + 1], sum - use.quantity) end
      use.quantity = sum
    end
    r.lines = lines
    r.version = r.version + 1
    local record = packReservation(r)
    note(pack('<BHc0', 75, #id, id) .. record .. (whole and '\0' or packLines(before)))
    keep(id, r)
    return 'shrunk'
  end

  -- Lines as the deferred or late payment takes them, or those that are short: by position, with what is there.
  local function takenLines(lines, backorder)
    local taken, short = {}, nil
    for i = 1, #lines do
      local line = lines[i]
      local account = line.account ~= 0 and accountNumbered(line.account)
      local owed = account and owedOf(account, line.quantity, backorder) or (line.account == 0 and 0 or -1)
      if owed < 0 then
        short = short or {}
        short[#short + 1] = { line, account and sellable(account) or 0 }
      end
      taken[i] = { account = line.account, place = line.place, quantity = line.quantity, owed = owed, returned = 0 }
    end
    return taken, short
  end

  -- Why a payment must be given back, packed: 0 released, 1 a limit, 2 units that are short.
  local RELEASED_BEFORE = '\0'

  function packShort(short)
    local parts = { pack('<BB', 2, #short) }
    for i = 1, #short do
      local line = short[i][1]
      parts[i + 1] = pack('<I3I4I7', line.account, line.quantity, short[i][2])
    end
    return table.concat(parts)
  end

  local function limitReachedAgain(r)
    for i = 1, #r.uses do
      local use = r.uses[i]
      local name = r.text[use.subject + 1]
      local used = counterOf(use.root, name)
      for j = 1, #use.prior do
        local prior = use.prior[j]
        used = used + counterOf(prior.root, r.text[prior.subject + 1])
      end
      if used + use.quantity > use.max then
        return pack('<BHI3HI7I7I7', 1, i - 1, use.root, use.subject, use.max, used, use.quantity)
      end
    end
  end

  function refund(id, r, payment, why)
    local before, whole = r.status, isWhole(id, r)
    if not whole then
      if before == DEFERRED then countUses(r, -1) end
      if isLive(r) then freeGuards(id, r) end
    end
    r.status, r.payment, r.why, r.until_ = REFUND_REQUIRED, payment, why, now
    r.version = r.version + 1
    local record = packReservation(r)
    note(pack('<BHc0I4', 68, #id, id, r.version) .. record)
    keep(id, r)
    return { 'refund-required', record }
  end

  -- Sells the lines: units that were reserved leave `reserved`, others are taken from stock.
  function sell(id, r, payment, late, lines)
    local before, whole = r.status, isWhole(id, r)
    r.lines, r.late, r.payment, r.status, r.version = lines, late, payment, CONFIRMED, r.version + 1
    if not whole then
      for i = 1, #lines do
        local line = lines[i]
        local quantity = line.quantity - line.owed
        if line.quantity > 0 then
          if before == HELD then moveLine(line, 0, -quantity, quantity, 0)
          else moveLine(line, -quantity, 0, quantity, line.owed) end
        end
      end
      if before == EXPIRED then countUses(r, 1) end
      if before == HELD or before == DEFERRED then freeGuards(id, r) end
    end
    r.until_ = now
    local record = packReservation(r)
    note(pack('<BHc0B', 67, #id, id, whole and 0 or before) .. record)
    keep(id, r)
    local owed = owedLines(lines)
    return { 'confirmed', late and 1 or 0, owed, #owed > 0 and record }
  end

  local function confirmKnown(id, r, payment)
    local status = r.status
    if status == HELD then return sell(id, r, payment, false, r.lines) end
    if status == DEFERRED or status == EXPIRED then
      local why = status == EXPIRED and limitReachedAgain(r)
      if why then return refund(id, r, payment, why) end
      local lines, short = takenLines(r.lines, r.backorder)
      if short then return refund(id, r, payment, packShort(short)) end
      return sell(id, r, payment, status == EXPIRED, lines)
    end
    if status == CONFIRMED then
      if r.payment == payment then return already(r) end
      return { 'duplicate-payment', r.payment }
    end
    if status == RELEASED then return refund(id, r, payment, RELEASED_BEFORE) end
    if status == TOMBSTONED then return { 'refund-required', false } end
    return { 'refund-required', packReservation(r) }
  end

  local function tombstone(id, home, cause, reason)
    local r = {
      status = TOMBSTONED, version = 1, reservedAt = now, until_ = now, maxExpiresAt = now, linesDigest = '', home = 0,
      buyer = 0, lines = {}, uses = {}, guards = {}, textCount = 1, text = { home }, texts = packText(home),
      data = packText(''), cause = cause, reason = reason,
    }
    local record = packReservation(r)
    note(pack('<BHc0', 84, #id, id) .. record)
    keep(id, r)
  end

  -- A payment for an id that is not known (any more): it brings its claims again, as a shape with its texts.
  local function confirmUnknown(command)
    local id, retake = command.id, command.retake
    if not retake or now >= retake.until_ then return 'unknown-id' end
    local shape, texts = retake.shape, retake.texts
    for i = 1, #shape.u do shape.u[i].quantity = sumOf(shape.l, shape.u[i][4]) end
    local refusal = limitReached(shape.u, texts)
    local short, owed
    if not refusal then
      short, owed = owedOrShort(shape.l, shape.b)
      refusal = short and { 'insufficient-stock', short }
    end
    if refusal then
      tombstone(id, command.home, 'rollback', refusal[1])
      return { 'not-retaken', refusal }
    end
    local r = granted(shape, HELD, linesToWrite(shape.l, owed))
    local parts = {}
    for i = 1, #texts do parts[i] = packText(texts[i]) end
    r.text, r.texts, r.data, r.guards = texts, table.concat(parts), packText(''), {}
    r.until_, r.maxExpiresAt = now, now
    noteGrant(id, packReservation(r))
    claim(id, r)
    keep(id, r)
    return sell(id, r, command.payment, true, r.lines)
  end

  -- Whether a payment must take units before it can be decided.
  function wantsUnits(r)
    return r and (r.status == DEFERRED or r.status == EXPIRED)
  end

  function HANDLERS.confirm(command)
    local r = current(command.id)
    if r and not r.marked then
      -- An order in pieces whose units are to be taken first lies elsewhere for whoever does not know its home.
      if keepsHomes and wantsUnits(r) and isWhole(command.id, r) then return 'unknown-id' end
      return confirmKnown(command.id, r, command.payment)
    end
    -- Of a marker's order the ledger knows what a payment becomes; what expired may be taken again, as what was forgotten.
    if r and r.status ~= EXPIRED then return 'unknown-id' end
    return confirmUnknown(command)
  end

  function HANDLERS.release(command)
    local id, cause = command.id, command.cause
    local r = restored(command, current(id))
    if not r then
      -- Undo before do: the late reserve will be refused.
      tombstone(id, command.home, cause, command.reason)
      return 'tombstoned'
    end
    if not isLive(r) and not (r.status == CONFIRMED and cause == 'rollback') then return already(r) end
    if r.marked then return 'marked' end
    if r.unarchive then r.unarchive() end
    local struck = cause == 'buyer' and isLive(r) and r.strike ~= nil
    local whole = isWhole(id, r)
    noteOf(82, id, r, packText(cause) .. packOptional(command.reason)
      .. string.char(struck and 1 or 0, whole and 0 or r.status) .. (whole and '\0' or packGivenBack(r)))
    if not whole then giveBack(id, r, struck) end
    if r.status ~= CONFIRMED then r.payment = nil end
    r.status, r.cause, r.reason, r.until_ = RELEASED, cause, command.reason, now
    keep(id, r)
    return 'released'
  end
end
