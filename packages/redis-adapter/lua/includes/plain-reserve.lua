-- The way of nearly every order of a sale: a new id, subjects of whom nothing is known, units in stock. Nothing is unpacked
-- and no table is made: its records are joined of what alike orders have in common and what is its own. Whatever else is
-- met goes the way of `reserve`.

local plainReserve, tellGrants
do
  local grants = 0

  local function haveAccounts(shape)
    for i = 1, #shape.l do
      if not accountNamed(shape.l[i][1]) then return false end
    end
    return true
  end

  -- Made when an order of the shape is first granted: only then are its words written.
  local function prepare(shape)
    local like = granted(shape, HELD, linesToWrite(shape.l))
    local claims = packClaims(like)
    shape.head, shape.expiresAt = packHead(like, shape.c and claimsToWrite(claims) or 0, claims), like.until_
    shape.subjects, shape.packedUntil = newSubjects(shape, like), pack('<I7', like.until_)
    shape.claims, shape.lines = claims, like.lines
  end

  local function isNew(name, found)
    return found == false and packedSubjects[name] == nil and subjects[name] == nil
  end

  -- Grants one behind the other are one run, where nothing else is told in between.
  local function noteRun(n)
    local run = log[#log]
    grants = grants + 1
    if type(run) == 'table' and run.to == n - 1 then run.to = n
    else log[#log + 1] = { from = n, to = n, kept = #reservationFields } end
  end

  -- The `n`-th of the reserves; `at`: where its subjects begin among `names`. `nil`: it is not plain.
  plainReserve = function(n, shape, at)
    if shape.plain == nil then shape.plain = isPlain(shape) and haveAccounts(shape) end
    local id = ids[n]
    if not shape.plain or foundIds[n] or packedReservations[id] or reservations[id] or now > notAfters[n] or #id > 128 then
      return nil
    end
    local texts = shape.n
    for j = 1, texts do
      if not isNew(names[at + j], foundSubjects[at + j]) then return nil end
    end
    local lines = shape.l
    for i = 1, #lines do
      local account = accountNamed(lines[i][1])
      if not isOpen(account) then return nil end
      local free = account.available - account.backordered
      if lines[i][2] > free then
        -- Of one line: what is short is told in one number.
        return #lines == 1 and not shape.b and free >= 0 and -1 - free or nil
      end
    end
    if not shape.head then prepare(shape) end
    for i = 1, #lines do
      local account, quantity = accountNamed(lines[i][1]), lines[i][2]
      account.available, account.reserved = account.available - quantity, account.reserved + quantity
      accountChanged(account)
    end
    local packedId, record = packText(id), shape.head .. packedTexts[n] .. datas[n]
    for j = 1, texts do
      local known = shape.subjects[j]
      if known then
        local name, text = names[at + j], newSubject(known, shape.packedUntil, packedId)
        packedSubjects[name] = text
        local kept = #subjectFields
        subjectFields[kept + 1], subjectFields[kept + 2] = name, text
      end
    end
    noteRun(n)
    packedReservations[id] = record
    local kept = #reservationFields
    reservationFields[kept + 1], reservationFields[kept + 2] = id, record
    return shape.expiresAt
  end

  -- When all of them are due; `nil`: at several times.
  local function oneDeadline()
    local deadline
    for i = 1, #shapes do
      local due = shapes[i].expiresAt
      if due and deadline and due ~= deadline then return nil end
      deadline = deadline or due
    end
    return deadline
  end

  local function columns()
    local heads = {}
    for i = 1, #shapes do heads[i] = packText(shapes[i].head or '') end
    return { 'shapes', ARGV[6], 'heads', table.concat(heads), 'ids', ARGV[8], 'texts', ARGV[9], 'data', ARGV[10] }
  end

  -- The stream entry and the index of deadlines are told of plain grants: by the columns as they came, where these grant most of
  -- what they ask for, since the server works through every byte of a string that is made. Returns them, or nothing.
  function tellGrants()
    if grants == 0 then return {} end
    local inColumns = not few and grants * 2 >= reserves
    local deadline, told = inColumns and oneDeadline(), {}
    for i = 1, #log do
      local run = log[i]
      if type(run) ~= 'table' then told[#told + 1] = run
      else
        if inColumns then told[#told + 1] = pack('<BHH', 80, run.from - 1, run.to - run.from + 1) end
        for n = run.from, not (inColumns and deadline) and run.to or 0 do
          local packedId, due = packText(ids[n]), dueGroup(shapes[shapeOf[n] + 1].expiresAt)
          due[#due + 1] = packedId
          if not inColumns then
            told[#told + 1] = 'G'
            told[#told + 1] = packedId
            told[#told + 1] = reservationFields[run.kept + 2 * (n - run.from) + 2]
          end
        end
      end
    end
    log = told
    if deadline then
      local due = dueGroup(deadline)
      due[#due + 1] = ARGV[8]
    end
    return inColumns and columns() or {}
  end
end
