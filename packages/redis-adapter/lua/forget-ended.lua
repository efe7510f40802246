-- Forgets orders that ended, and movements that were made, longer ago than retention: one step of a scan, which goes on where the
-- one before has ended, whoever took it. What is live, and what was sold as far as no ledger knows, is passed over. Where a ledger
-- follows, it leaves markers of what lies whole still, as after a rebuild.
--
-- KEYS  1 meta, 2 reservations, 3 movements, 4 words, 5 accounts, 6 subjects, 7 homes, 8 unfinished; the last two where orders may
--       lie in several partitions
-- ARGV  1 the retention, ms, 2 about how many of each are looked at, 3 how many are marked at most
-- Reply how many were forgotten; none where a step was taken a moment ago, or the partition is not open

--- include clock

local META, RESERVATIONS, MOVEMENTS, WORDS, ACCOUNTS, SUBJECTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local HOMES, UNFINISHED = KEYS[7], KEYS[8]
-- However many processes ask, ms.
local EVERY = 1000
-- Whatever is carried is marked then: only what was left is met so long after, ms.
local LEFT = 3600000

local meta = redis.call('HMGET', META, 'epoch', 'scanned', 'scan-reservations', 'scan-movements', 'followed')
local now, retention = clock(), tonumber(ARGV[1])
if not meta[1] or now < tonumber(meta[2] or 0) + EVERY then return 0 end
local mostMarked = meta[5] and tonumber(ARGV[3]) or 0

--- include marking

-- Of a day that is told it is the end.
local function isPastDay(day)
  return (day + 1) * DAY + retention <= now
end

-- Of an order in pieces: something is left to do about them.
local function isUnfinished(id)
  return UNFINISHED and redis.call('ZSCORE', UNFINISHED, id)
end

-- The version tells whoever asks the ledger too early for it: it need not be carried yet.
local function markLeft(id, text, endedAt)
  if #marked >= mostMarked or endedAt + LEFT > now then return end
  local r = unpackReservation(text)
  -- A sold one may have been changed since.
  if isToMark(id, r) then mark(id, r, dayOf(r.status == CONFIRMED and now or endedAt)) end
end

local function isToForget(id, text)
  if isMarker(text) then return isPastDay((unpackAt('<H', text, 2))) end
  local status, _, _, endedAt = unpackAt('<BI4I7I7', text)
  if status == HELD or status == DEFERRED then return false end
  if status ~= CONFIRMED and endedAt + retention <= now then return not isUnfinished(id) end
  if status ~= TOMBSTONED then markLeft(id, text, endedAt) end
  return false
end

-- What units between buckets are known by once they came, and that the way there is open, holds while some are on their way, and
-- that another partition knows.
local function isOfUnitsInFlight(field)
  return string.find(field, '["credit"', 1, true) or string.find(field, '["opened"', 1, true)
end

local function isMovementToForget(field, text)
  return isPastDay((unpackAt('<H', text, #text - 1))) and not isOfUnitsInFlight(field)
end

local function scanned(key, cursor, isWanted)
  local told = redis.call('HSCAN', key, cursor or '0', 'COUNT', ARGV[2])
  local entries, found = told[2], {}
  for i = 1, #entries, 2 do
    if isWanted(entries[i], entries[i + 1]) then found[#found + 1] = entries[i] end
  end
  return told[1], found
end

local nextId, gone = scanned(RESERVATIONS, meta[3], isToForget)
local nextMovement, movementsGone = scanned(MOVEMENTS, meta[4], isMovementToForget)
-- What stands under a key in another's place is met here, not between two writes.
for i = 4, HOMES and 7 or 6 do redis.call('HLEN', KEYS[i]) end
redis.call(
  'HSET', META, 'scanned', string.format('%.0f', now), 'scan-reservations', nextId, 'scan-movements', nextMovement
)
writeMarked()
writeMany('HDEL', RESERVATIONS, gone)
writeMany('HDEL', MOVEMENTS, movementsGone)
if HOMES then writeMany('HDEL', HOMES, gone) end
return #gone + #movementsGone
