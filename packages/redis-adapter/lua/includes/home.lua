-- Orders whose claims lie in several partitions, at the partition that is their home: the record of their pieces, and the
-- order as a whole, a reservation that touches no account, counter or guard. Where a record's lists are empty, JSON has
-- objects: src/records/home-record.ts knows.

local noteFilled, handOut
do
  local HOMES, UNFINISHED = KEYS[11], KEYS[12]
  -- How long a due piece is one sweep's to ask its home about, and after which an order was left alone, ms.
  local ASK_AGAIN, LEFT_ALONE = 15000, 15000

  local homes = {}

  local function homeRecord(id)
    local record = homes[id]
    if record == nil then
      local text = redis.call('HGET', HOMES, id)
      record = text and cjson.decode(text) or { status = 'absent' }
      homes[id] = record
    end
    return record
  end

  local function isFinished(record, r)
    return record.status == 'admitted' and not record.taking and #record.strays == 0 and r ~= nil
      and record.followed >= r.version
  end

  local function putHome(id, home, record, finished)
    record.home = home
    homes[id], changedHomes[id] = record, true
    unfinishedChanges[id] = record.status ~= 'absent' and not finished and now
  end

  -- Tells whether something is left to do about the pieces.
  local function noteHome(id, home)
    local record = homeRecord(id)
    if record.status ~= 'absent' then putHome(id, home, record, isFinished(record, reservation(id))) end
  end

  homeExpired = function(id, r) noteHome(id, r.text[r.home + 1]) end

  local function openAttempt(record)
    if record.status == 'pending' then return record.attempt end
    return record.status == 'admitted' and record.taking or nil
  end

  local function append(one, other)
    local both = {}
    for i = 1, #one do both[i] = one[i] end
    for i = 1, #other do both[#one + i] = other[i] end
    return both
  end

  local function holdsUnits(piece)
    return piece.lines ~= cjson.null
  end

  local function some(pieces, wanted)
    local found = {}
    for i = 1, #pieces do
      if wanted(pieces[i]) then found[#found + 1] = pieces[i] end
    end
    return found
  end

  -- Who was too late learns why, where it is still known.
  local function abortedBefore(token, record)
    local known = record.status == 'aborted' and record.token == token
    return { 'aborted', known and record.refusal or false }
  end

  local function pending(attempt)
    return { 'pending', cjson.encode(attempt) }
  end

  local function abort(id, home, token, refusal)
    local record = homeRecord(id)
    local attempt = openAttempt(record)
    if attempt and attempt.token == token then
      if record.status == 'admitted' then
        record.taking, record.strays = nil, append(record.strays, attempt.pieces)
      else record = { status = 'aborted', token = token, refusal = refusal, strays = attempt.pieces } end
      putHome(id, home, record, false)
      return { 'aborted', refusal or false }
    end
    return record.status == 'admitted' and 'noted' or abortedBefore(token, record)
  end

  local function begin(id, home, step, r)
    if r then return replay(r, step.print, step.print.texts) end
    if now > step.notAfter then return 'late' end
    if step.refused then return 'refused' end
    local record = homeRecord(id)
    if record.status == 'pending' then return pending(record.attempt) end
    if record.status == 'aborted' then return 'unsettled' end
    if record.status == 'admitted' then return 'noted' end
    putHome(id, home, { status = 'pending', attempt = step.attempt }, false)
    return 'begun'
  end

  -- Lines of a whole, as its pieces were granted them.
  local function wholeLines(told)
    local lines = {}
    for i = 1, #told do
      local line = told[i]
      lines[i] = { account = wordToWrite(line[1]), quantity = line[2], owed = line[3], returned = line[4] }
    end
    return lines
  end

  local function admit(id, home, step, r)
    local shape = step.shape
    if r then return replay(r, shape, shape.texts) end
    local record = homeRecord(id)
    if record.status ~= 'pending' or record.attempt.token ~= step.token then
      return record.status == 'admitted' and 'noted' or abortedBefore(step.token, record)
    end
    local pieces = record.attempt.pieces
    local kept, strays = pieces, {}
    if step.deferred then
      kept = some(pieces, function(piece) return not holdsUnits(piece) end)
      strays = some(pieces, holdsUnits)
    end
    putHome(id, home, { status = 'admitted', pieces = kept, strays = strays, followed = 0, returns = {} }, false)
    for i = 1, #shape.u do shape.u[i].quantity = shape.u[i][6] end
    local whole = granted(shape, step.deferred and DEFERRED or HELD, wholeLines(shape.l))
    local parts = {}
    for i = 1, #shape.texts do parts[i] = packText(shape.texts[i]) end
    whole.text, whole.texts, whole.data = shape.texts, table.concat(parts), packText(step.data)
    noteGrant(id, packReservation(whole))
    keep(id, whole)
    return { 'granted', step.deferred and 1 or 0, whole.until_, owedLines(whole.lines) }
  end

  local function packTold(why, r)
    if why.short then
      local short = {}
      for i = 1, #why.short do
        local one = why.short[i]
        short[i] = { { account = wordToWrite(one[1]), quantity = one[2] }, one[3] }
      end
      return packShort(short)
    end
    local use = r.uses[why.use + 1]
    return pack('<BHI3HI7I7I7', 1, why.use, use.root, use.subject, why.max, why.used, why.requested)
  end

  -- A payment that took units first, or could not.
  local function pay(id, home, step, r)
    local record = homeRecord(id)
    local attempt = openAttempt(record)
    -- One that expired or was shrunk meanwhile needs something else than what was taken for it.
    if not attempt or attempt.token ~= step.token or not r or r.version ~= step.version then
      abort(id, home, step.token, nil)
      return { 'aborted', false }
    end
    local late = r.status == EXPIRED
    if step.why then
      local why = step.why
      -- Uses were claimed with the order: a payment that only takes units meets no limit.
      if not late and not why.short then why = { short = {} } end
      local outcome = refund(id, r, step.payment, packTold(why, r))
      abort(id, home, step.token, nil)
      return outcome
    end
    local outcome = sell(id, r, step.payment, late, wholeLines(step.lines))
    local pieces = record.taking.pieces
    if late then
      record.strays = append(record.strays, record.pieces)
      record.pieces = pieces
    else record.pieces = append(record.pieces, pieces) end
    record.taking = nil
    putHome(id, home, record, false)
    return outcome
  end

  local function returnWhole(id, home, command)
    local record, known = homeRecord(id), {}
    local returns = record.status == 'admitted' and record.returns or {}
    for i = 1, #command.units do
      for j = 1, #returns do
        local one = returns[j]
        if one.movement == command.movement then
          for k = 1, #one.accounts do
            if one.accounts[k] == command.units[i][1] then known[i] = one.data end
          end
        end
      end
    end
    local answer = answerKnown(known, #command.units, command.data)
    if answer then return answer end
    answer = returnKnown(command, reservation(id))
    if answer == 'returned' and record.status == 'admitted' then
      local accounts = {}
      for i = 1, #command.units do accounts[i] = command.units[i][1] end
      record.returns[#record.returns + 1] = {
        movement = command.movement, accounts = accounts, data = command.data, told = command.told,
      }
      putHome(id, home, record, false)
    end
    return answer
  end

  local function settleWhole(id, home, command, r)
    if command.kind == 'confirm' and wantsUnits(r) then return 'units-wanted' end
    local record = homeRecord(id)
    if command.kind == 'release' and not r and record.status == 'pending' then
      abort(id, home, record.attempt.token, nil)
    end
    if command.kind == 'return' then return returnWhole(id, home, command) end
    return HANDLERS[command.kind](command)
  end

  -- A piece was given units: its home is to hear of it.
  function noteFilled(id)
    unfinishedChanges[id] = now
  end

  -- Its home has heard of it; one that was given more meanwhile has more to tell.
  local function told(id, step, r)
    if not r or r.version == step.version then unfinishedChanges[id] = false end
    return 'noted'
  end

  local function isOwn(record, id)
    return record.status == 'admitted' and #some(record.pieces, function(piece) return piece.id == id end) > 0
  end

  local function filledWhole(id, home, step, r)
    if not r or (r.status ~= HELD and r.status ~= CONFIRMED) then return 'noted' end
    local record = homeRecord(id)
    if not isOwn(record, step.piece) then return 'noted' end
    local line = lineOf(r, step.account)
    if not line or line.owed <= step.owedLeft then return 'noted' end
    local quantity, before = line.owed - step.owedLeft, r.version
    line.owed = step.owedLeft
    noteOf(70, id, r, pack('<I3I4I4B', line.account, quantity, step.owedLeft, 0))
    keep(id, r)
    -- The piece had it first: nothing is left to follow.
    if record.followed == before then
      record.followed = before + 1
      putHome(id, home, record, false)
    end
    return 'noted'
  end

  local function followed(id, home, step)
    local record = homeRecord(id)
    if record.status ~= 'admitted' and record.status ~= 'aborted' then return 'noted' end
    local givenBack = {}
    for i = 1, #step.strays do givenBack[step.strays[i]] = true end
    record.strays = some(record.strays, function(piece) return not givenBack[piece.id] end)
    if record.status == 'admitted' then record.followed = math.max(record.followed, step.version)
    elseif #record.strays == 0 then record = { status = 'absent' } end
    putHome(id, home, record, false)
    return 'noted'
  end

  local function take(id, home, step, r)
    local record = homeRecord(id)
    if not wantsUnits(r) or record.status ~= 'admitted' then return { 'aborted', false } end
    if record.taking then return pending(record.taking) end
    record.taking = step.attempt
    putHome(id, home, record, false)
    return 'begun'
  end

  local function stepAtHome(id, home, step, r)
    local kind = step.kind
    if kind == 'begin' then return begin(id, home, step, r) end
    if kind == 'admit' then return admit(id, home, step, r) end
    if kind == 'settle' then return settleWhole(id, home, step.command, r) end
    if kind == 'take' then return take(id, home, step, r) end
    if kind == 'pay' then return pay(id, home, step, r) end
    if kind == 'filled' then return filledWhole(id, home, step, r) end
    if kind == 'told' then return told(id, step, r) end
    if kind == 'abort' then return abort(id, home, step.token, step.refusal) end
    if kind == 'followed' then return followed(id, home, step) end
    return 'noted'
  end

  function HANDLERS.pieced(command)
    local id, home = command.id, command.home
    local answer = stepAtHome(id, home, command.step, current(id))
    noteHome(id, home)
    local r = reservation(id)
    return { 'pieced', answer, cjson.encode(homeRecord(id)), r and not r.marked and packReservation(r) or false }
  end

  -- To one sweep at a time: due pieces, orders whose pieces are not as they should be, and pieces with news for their home.
  function handOut(due, expired, limit)
    local pieces, orders = {}, {}
    for i = 1, #due do
      local id = due[i]
      local r = isPiece(id) and reservation(id)
      if r then
        pieces[#pieces + 1] = id
        noteOf(88, id, r, pack('<I7', now + ASK_AGAIN))
        r.until_ = now + ASK_AGAIN
        openGuards(id, r)
        keep(id, r)
      end
    end
    for i = 1, #expired do
      local r = reservation(expired[i])
      if isWhole(expired[i], r) then orders[#orders + 1] = { expired[i], r.text[r.home + 1] } end
    end
    local changed = 0
    for _ in pairs(unfinishedChanges) do changed = changed + 1 end
    local left = inIndex(UNFINISHED, unfinishedChanges, changed, '-inf', now - LEFT_ALONE, limit)
    for i = 1, #left do
      local id = left[i][1]
      local r = isPiece(id) and reservation(id)
      local home = isPiece(id) and (r and r.text[r.home + 1] or '') or homeRecord(id).home
      orders[#orders + 1] = { id, home }
      unfinishedChanges[id] = now
    end
    return { pieces, orders }
  end

  function writeHomes()
    local kept, gone = {}, {}
    for id in pairs(changedHomes) do
      local record = homes[id]
      if record.status == 'absent' then gone[#gone + 1] = id
      else
        kept[#kept + 1] = id
        kept[#kept + 1] = cjson.encode(record)
      end
    end
    local unfinished, finished = scored(unfinishedChanges, '%.0f')
    return function()
      writeMany('HSET', HOMES, kept)
      writeMany('HDEL', HOMES, gone)
      writeMany('ZADD', UNFINISHED, unfinished)
      writeMany('ZREM', UNFINISHED, finished)
    end
  end
end
