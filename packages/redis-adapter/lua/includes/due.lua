-- Deadlines of live holds, in groups: the ids of one batch that are due at one time are one member of the index. A group only
-- tells where to look: a hold that ended, or is due at another time by now, is left in its group and passed over.

local noteDue, dueGroup, dueHolds, isDueChanged, groupsToWrite
do
  -- How many ids one sweep looks at: beyond, it says that more is due.
  local MOST_LOOKED_AT = 5000
  -- Of this batch: deadline → packed ids.
  local groups = {}
  -- Groups that were looked into and have nothing left, or stand among those of the batch with their rest.
  local gone = {}

  -- Packed ids that are due then, to be added to.
  function dueGroup(deadline)
    local group = groups[deadline]
    if not group then
      group = {}
      groups[deadline] = group
    end
    return group
  end

  -- The reservation is live, and due at another time than was noted of it.
  function noteDue(id, r)
    if r.noted == r.until_ then return end
    r.noted = r.until_
    local group = dueGroup(r.until_)
    group[#group + 1] = packText(id)
  end

  local function idsIn(packed)
    local ids, at, length = {}, 1, #packed
    while at <= length do ids[#ids + 1], at = unpackAt('<Hc0', packed, at) end
    return ids
  end

  local function readAhead(ids)
    local unknown = {}
    for i = 1, #ids do
      local id = ids[i]
      if reservations[id] == nil and packedReservations[id] == nil then unknown[#unknown + 1] = id end
    end
    local texts = readMany(RESERVATIONS, unknown)
    for i = 1, #unknown do packedReservations[unknown[i]] = texts[i] end
  end

  local function isDueThen(id, deadline)
    local r = reservations[id]
    if r then return isLive(r) and r.until_ == deadline end
    local text = packedReservation(id)
    if not text or isMarker(text) then return false end
    local status, _, _, until_ = unpackAt('<BI4I7I7', text)
    return (status == HELD or status == DEFERRED) and until_ == deadline
  end

  local function liveIn(group)
    readAhead(group.ids)
    local live = {}
    for i = 1, #group.ids do
      if isDueThen(group.ids[i], group.deadline) then live[#live + 1] = group.ids[i] end
    end
    return live
  end

  -- All groups, stored ones and those of the batch, the earliest deadline first: each call gives the next one.
  local function groupsInOrder()
    local own, nextOwn, stored, nextStored, passed = {}, 1, {}, 1, 0
    for deadline, packed in pairs(groups) do own[#own + 1] = { deadline = deadline, ids = idsIn(table.concat(packed)) } end
    table.sort(own, function(one, other) return one.deadline < other.deadline end)
    local function storedGroup()
      if stored[nextStored] == nil and passed % 16 == 0 then
        stored = redis.call('ZRANGEBYSCORE', DUE, '-inf', '+inf', 'WITHSCORES', 'LIMIT', passed, 16)
        nextStored, passed = 1, passed + #stored / 2
      end
      local member = stored[nextStored]
      return member and { member = member, deadline = tonumber(stored[nextStored + 1]) }
    end
    return function()
      local one, other = own[nextOwn], storedGroup()
      while other and gone[other.member] do
        nextStored = nextStored + 2
        other = storedGroup()
      end
      if one and (not other or one.deadline <= other.deadline) then
        nextOwn = nextOwn + 1
        return one
      end
      if not other then return nil end
      nextStored = nextStored + 2
      other.ids = idsIn(other.member)
      return other
    end
  end

  -- What is left of a group stands for it from now on.
  local function keepRest(group, live, taken)
    if not group.member then return end
    local rest = {}
    for i = 1, #live do
      if not taken[live[i]] then rest[#rest + 1] = packText(live[i]) end
    end
    if #rest == #group.ids then return end
    gone[group.member] = true
    local own = dueGroup(group.deadline)
    for i = 1, #rest do own[#own + 1] = rest[i] end
  end

  local function inOrder(one, other)
    if one.deadline ~= other.deadline then return one.deadline < other.deadline end
    return one.id ~= other.id and inByteOrder(one.id, other.id)
  end

  -- At most `limit` holds that are due, the longest first, and when the first of the others is: not later, at least, where very
  -- many that have ended stand before it.
  function dueHolds(limit)
    local found, seen, looked, lookedAt, nextDue = {}, {}, {}, 0, false
    for group in groupsInOrder() do
      local last = found[#found]
      if lookedAt >= MOST_LOOKED_AT or (#found > limit and last.deadline < group.deadline) then
        nextDue = group.deadline
        break
      end
      lookedAt = lookedAt + #group.ids
      local live = liveIn(group)
      looked[#looked + 1] = { group, live }
      if group.deadline > now then
        if #live > 0 then
          nextDue = group.deadline
          break
        end
      else
        for i = 1, #live do
          if not seen[live[i]] then
            seen[live[i]] = true
            found[#found + 1] = { id = live[i], deadline = group.deadline }
          end
        end
      end
    end
    table.sort(found, inOrder)
    local ids, taken = {}, {}
    for i = 1, math.min(limit, #found) do
      ids[i] = found[i].id
      taken[ids[i]] = true
    end
    if found[limit + 1] then nextDue = found[limit + 1].deadline end
    for i = 1, #looked do keepRest(looked[i][1], looked[i][2], taken) end
    return ids, nextDue
  end

  function isDueChanged() return next(gone) ~= nil end

  -- What the index is given, scores and members, and what is taken from it.
  function groupsToWrite()
    local added, removed, deadlines = {}, {}, {}
    for deadline, packed in pairs(groups) do
      if #packed > 0 then deadlines[#deadlines + 1] = deadline end
    end
    -- Holds that were granted and extended in one batch make one member twice: the later deadline, their own, is written last.
    table.sort(deadlines)
    for i = 1, #deadlines do
      local packed, n = groups[deadlines[i]], #added
      added[n + 1], added[n + 2] = string.format('%.0f', deadlines[i]), packed[2] and table.concat(packed) or packed[1]
    end
    for member in pairs(gone) do removed[#removed + 1] = member end
    return added, removed
  end
end
