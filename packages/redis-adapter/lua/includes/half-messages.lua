-- Half messages: what is sent lies apart from what is decided about it, which changes.

--- include append-messages

local MESSAGES, STATES, IDS, DUE, DECIDED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local META, OUTBOX = KEYS[6], KEYS[7]
local PREPARED, COMMITTED, ROLLED_BACK, PARKED = 0, 1, 2, 3

local now = clock()

-- src/messages/half-record.ts reads it. `nextCheckAt`, `decidedAt`: nil for none, kept as 0, others one more than they are.
-- `checkAt`, `error`: empty for none, behind `=` otherwise.
local function packHalf(half)
  return struct.pack(
    '<BI4I7I7I7I7I7I4c0', half.status, half.checks, half.preparedAt, (half.nextCheckAt or -1) + 1,
    (half.decidedAt or -1) + 1, half.lease, half.leasedUntil, #half.checkAt, half.checkAt
  ) .. half.error
end

local function unpackHalf(text)
  local half, at, nextCheckAt, decidedAt = {}, nil, nil, nil
  half.status, half.checks, half.preparedAt, nextCheckAt, decidedAt, half.lease, half.leasedUntil, half.checkAt, at =
    struct.unpack('<BI4I7I7I7I7I7I4c0', text)
  half.nextCheckAt = nextCheckAt > 0 and nextCheckAt - 1 or nil
  half.decidedAt = decidedAt > 0 and decidedAt - 1 or nil
  half.error = string.sub(text, at)
  return half
end

local function halfOf(id)
  local text = redis.call('HGET', STATES, id)
  return text and unpackHalf(text)
end

-- Its state, and its place among those that are to be checked.
local function keepHalf(id, half)
  redis.call('HSET', STATES, id, packHalf(half))
  if half.nextCheckAt then
    redis.call('ZADD', DUE, string.format('%.0f', math.max(half.nextCheckAt, half.leasedUntil)), id)
  else
    redis.call('ZREM', DUE, id)
  end
end

-- What stands under a key in another's place is met here, not between two writes.
local function meetKinds()
  for _, key in ipairs({ MESSAGES, STATES, META }) do redis.call('HLEN', key) end
  for _, key in ipairs({ IDS, DUE, DECIDED }) do redis.call('ZCARD', key) end
end

-- A committed one waits to be sent from here on.
local function decideHalf(id, half, status)
  meetKinds()
  if status == COMMITTED then appendMessages(META, OUTBOX, now, redis.call('HGET', MESSAGES, id)) end
  half.status, half.nextCheckAt, half.decidedAt = status, nil, now
  keepHalf(id, half)
  redis.call('ZADD', DECIDED, string.format('%.0f', now), id)
end

-- So that whoever waits for replicas waits for all that was answered before as well.
local function writeAnyway(isWanted)
  if isWanted == '1' then redis.call('HSET', META, 'at', string.format('%.0f', now)) end
end
