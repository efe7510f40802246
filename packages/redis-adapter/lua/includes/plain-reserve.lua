-- The way of nearly every order of a sale: a new id, subjects of whom nothing is known, units in stock. Nothing is unpacked
-- and no table is made: its records are joined of what alike orders have in common and what is its own. Whatever else is
-- met goes the way of `reserve`.

local plainReserve
do
  -- What `like` adds to a subject's record: before each guard's id, and behind the last.
  local function headsOf(shape, like, subject_)
    local counters, heads = '', {}
    for i = 1, #like.uses do
      local use = like.uses[i]
      if use.subject == subject_ then counters = counters .. pack('<BI3I7I7', 1, use.root, use.quantity, 0) end
    end
    for i = 1, #like.guards do
      local guard = like.guards[i]
      if guard.subject == subject_ then heads[#heads + 1] = pack('<BI3I7', 2, guard.root, like.until_) end
    end
    return counters, heads
  end

  -- A name twice in one record is not plain.
  local function isDistinct(names)
    local seen = {}
    for i = 1, #names do
      local name = names[i][1] .. ' ' .. names[i][2]
      if seen[name] then return false end
      seen[name] = true
    end
    return true
  end

  local function isPlain(shape)
    if shape.k or shape.d or shape.r or shape.e or shape.passed or shape.n > 3 then return false end
    for i = 1, #shape.l do
      if shape.l[i][3] or not accountNamed(shape.l[i][1]) then return false end
    end
    for i = 1, #shape.u do
      if #shape.u[i][5] > 0 or shape.u[i].quantity > shape.u[i][3] or shape.u[i].quantity == 0 then return false end
    end
    for i = 1, #shape.g do
      if #shape.g[i][3] > 0 then return false end
    end
    return isDistinct(shape.u) and isDistinct(shape.g)
  end

  -- Made when an order of the shape is first granted: only then are its words written.
  local function prepare(shape)
    local like = granted(shape, HELD, linesToWrite(shape.l))
    shape.head, shape.expiresAt, shape.due = packClaims(like), like.until_, dueGroup(like.until_)
    shape.subjects = {}
    for j = 0, shape.n - 1 do
      local counters, heads = headsOf(shape, like, j)
      shape.subjects[j + 1] = (counters ~= '' or #heads > 0) and { counters, heads } or false
    end
  end

  local function open(account)
    return not (account.opensAt and now < account.opensAt) and not (account.closesAt and now >= account.closesAt)
  end

  local function keepSubject(known, name, packedId)
    local text = known[1]
    for i = 1, #known[2] do text = text .. known[2][i] .. packedId end
    packedSubjects[name] = text
    local n = #subjectFields
    subjectFields[n + 1], subjectFields[n + 2] = name, text
  end

  local function isNew(name, found)
    return found == false and packedSubjects[name] == nil and subjects[name] == nil
  end

  -- `found`: what is kept of the id; `at`: where its subjects begin among `names`. `nil`: it is not plain.
  plainReserve = function(id, found, shape, at, packedTexts, data, notAfter)
    if shape.plain == nil then shape.plain = isPlain(shape) end
    if not shape.plain or found or packedReservations[id] or reservations[id] or now > notAfter or #id > 128 then
      return nil
    end
    local n = shape.n
    for j = 1, n do
      if not isNew(names[at + j], foundSubjects[at + j]) then return nil end
    end
    local lines = shape.l
    for i = 1, #lines do
      local account = accountNamed(lines[i][1])
      if not open(account) then return nil end
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
    local packedId, record = pack('<Hc0', #id, id), shape.head .. packedTexts .. data
    for j = 1, n do
      local known = shape.subjects[j]
      if known then keepSubject(known, names[at + j], packedId) end
    end
    local logged, kept, due = #log, #reservationFields, shape.due
    log[logged + 1], log[logged + 2], log[logged + 3] = 'G', packedId, record
    packedReservations[id] = record
    reservationFields[kept + 1], reservationFields[kept + 2] = id, record
    due[#due + 1] = packedId
    return shape.expiresAt
  end
end
