-- Forgets orders that ended, and movements that were made, longer ago than retention: one step of a scan, which goes on where the
-- one before has ended, whoever took it. What is live, and what was sold as far as no ledger knows, is passed over.
--
-- KEYS  1 meta, 2 reservations, 3 movements, 4 homes, 5 unfinished; the last two where orders may lie in several partitions
-- ARGV  1 the retention, ms, 2 about how many of each are looked at
-- Reply how many were forgotten; none where a step was taken a moment ago, or the partition is not open

--- include clock
--- include many
--- include packing
--- include day
--- include marker

local META, RESERVATIONS, MOVEMENTS, HOMES, UNFINISHED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
-- However many processes ask, ms.
local EVERY = 1000

local meta = redis.call('HMGET', META, 'epoch', 'scanned', 'scan-reservations', 'scan-movements')
local now, retention = clock(), tonumber(ARGV[1])
if not meta[1] or now < tonumber(meta[2] or 0) + EVERY then return 0 end

-- Of a day that is told it is the end.
local function isPastDay(day)
  return (day + 1) * DAY + retention <= now
end

local function isPast(text)
  if isMarker(text) then return isPastDay((unpackAt('<H', text, 2))) end
  local status, _, _, endedAt = unpackAt('<BI4I7I7', text)
  local ended = status == RELEASED or status == EXPIRED or status == REFUND_REQUIRED or status == TOMBSTONED
  return ended and endedAt + retention <= now
end

-- Of an order in pieces: something is left to do about them.
local function isUnfinished(id)
  return UNFINISHED and redis.call('ZSCORE', UNFINISHED, id)
end

-- What units between buckets are known by once they came, and that the way there is open, holds while some are on their way, and
-- that another partition knows.
local function isOfUnitsInFlight(field)
  return string.find(field, '["credit"', 1, true) or string.find(field, '["opened"', 1, true)
end

local function scanned(key, cursor, isToForget)
  local told = redis.call('HSCAN', key, cursor or '0', 'COUNT', ARGV[2])
  local entries, gone = told[2], {}
  for i = 1, #entries, 2 do
    if isToForget(entries[i], entries[i + 1]) then gone[#gone + 1] = entries[i] end
  end
  return told[1], gone
end

local nextId, ids = scanned(RESERVATIONS, meta[3], function(id, text) return isPast(text) and not isUnfinished(id) end)
local nextMovement, movements = scanned(MOVEMENTS, meta[4], function(field, text)
  return isPastDay((unpackAt('<H', text, #text - 1))) and not isOfUnitsInFlight(field)
end)
redis.call(
  'HSET', META, 'scanned', string.format('%.0f', now), 'scan-reservations', nextId, 'scan-movements', nextMovement
)
writeMany('HDEL', RESERVATIONS, ids)
writeMany('HDEL', MOVEMENTS, movements)
if HOMES then writeMany('HDEL', HOMES, ids) end
return #ids + #movements
