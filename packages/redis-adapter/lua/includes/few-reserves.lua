-- A small batch of what nearly every order of a sale is: a new id, subjects of whom nothing is known, units in stock. It is
-- decided before all else is made ready, which takes the server longer than the batch. Where anything else is met, nothing was
-- written, and the batch is decided in full.

local mayBeFew, fewReserves
do
  local FEW = 4

  function mayBeFew()
    return reserves > 0 and reserves <= FEW and ARGV[11] == ''
  end

  -- Each once, and nothing is kept of it.
  local function areNew(fields, found)
    local seen = {}
    for i = 1, #fields do
      if found[i] or seen[fields[i]] then return false end
      seen[fields[i]] = true
    end
    return true
  end

  local function arePlain()
    for n = 1, reserves do
      if now > notAfters[n] or #ids[n] > 128 then return false end
    end
    for i = 1, #shapes do
      if not isPlain(shapes[i]) then return false end
    end
    return areNew(ids, foundIds) and areNew(names, foundSubjects)
  end

  -- The numbers of all that the shapes name; `false`: one has none yet.
  local function knowWords()
    local texts, n = {}, 0
    for i = 1, #shapes do
      local named = { shapes[i].l, shapes[i].u, shapes[i].g }
      for j = 1, 3 do
        for k = 1, #named[j] do
          n = n + 1
          texts[n] = named[j][k][1]
        end
      end
    end
    local numbers = readMany(WORDS, texts)
    for i = 1, n do
      if not numbers[i] then return false end
      words[texts[i]] = tonumber(numbers[i])
    end
    return true
  end

  -- The outcome of each, and the accounts that they take from, in their order; `nil`: not all are granted or short of their one line.
  local function decide()
    local outcomes, taken, accounts = {}, {}, {}
    for n = 1, reserves do
      local shape = shapes[shapeOf[n] + 1]
      local lines = shape.l
      outcomes[n] = now + shape.h
      for i = 1, #lines do
        local text, quantity = lines[i][1], lines[i][2]
        local account = accounts[text]
        if not account then
          local number = string.format('%.0f', words[text])
          local record = redis.call('HGET', ACCOUNTS, number)
          account = record and unpackAccount(words[text], record)
          if not account or not isOpen(account) then return nil end
          accounts[text] = account
        end
        local free = account.available - account.backordered
        if quantity > free then
          if #lines > 1 or shape.b or free < 0 then return nil end
          outcomes[n] = -1 - free
        else
          account.available, account.reserved = account.available - quantity, account.reserved + quantity
          if not account.changed then
            account.changed = true
            taken[#taken + 1] = account
          end
        end
      end
    end
    return outcomes, taken
  end

  local function prepare(shape)
    local like = granted(shape, HELD, linesToWrite(shape.l))
    shape.head, shape.subjects = packHead(like, 0, packClaims(like)), newSubjects(shape, like)
  end

  local function write(epoch, sequence, outcomes, taken)
    local log, reservationFields, subjectFields, accountFields, due, at = {}, {}, {}, {}, {}, 0
    for n = 1, reserves do
      local shape = shapes[shapeOf[n] + 1]
      if outcomes[n] > 0 then
        if not shape.head then prepare(shape) end
        local packedId, record = packText(ids[n]), shape.head .. packedTexts[n] .. datas[n]
        for j = 1, shape.n do
          local known, kept = shape.subjects[j], #subjectFields
          if known then
            subjectFields[kept + 1], subjectFields[kept + 2] = names[at + j], newSubject(known, packedId)
          end
        end
        local kept = #due
        reservationFields[kept + 1], reservationFields[kept + 2] = ids[n], record
        due[kept + 1], due[kept + 2] = string.format('%.0f', outcomes[n]), packedId
        log[#log + 1] = 'G' .. packedId .. record
      end
      at = at + shape.n
    end
    for i = 1, #taken do
      local account = taken[i]
      account.version = account.version + 1
      accountFields[2 * i - 1], accountFields[2 * i] = string.format('%.0f', account.number), packAccount(account)
      log[#log + 1] = packChange(account)
    end
    local number, time = string.format('%.0f', sequence + 1), string.format('%.0f', now)
    -- What stands under a key in another's place is met here, not between two writes; the others were read.
    redis.call('ZCARD', DUE)
    -- The stream first: it alone may refuse, an entry that does not follow.
    redis.call('XADD', OUTBOX, epoch .. '-' .. number, 'at', time, 'log', table.concat(log))
    redis.call('HSET', META, 'sequence', number, 'at', time)
    writeMany('HSET', ACCOUNTS, accountFields)
    writeMany('HSET', RESERVATIONS, reservationFields)
    writeMany('HSET', SUBJECTS, subjectFields)
    writeMany('ZADD', DUE, due)
  end

  -- The outcomes, all that they change being written; `nil`: the batch is to be decided in full.
  function fewReserves(epoch, sequence)
    if not arePlain() or not knowWords() then return nil end
    local outcomes, taken = decide()
    if not outcomes then return nil end
    if #taken > 0 then write(epoch, sequence, outcomes, taken)
    elseif ARGV[3] == '1' then return nil end
    return outcomes
  end
end
