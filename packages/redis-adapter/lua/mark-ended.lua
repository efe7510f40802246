-- Leaves markers of orders that were sold, or ended, once the ledger behind has them: all else of them is the ledger's to tell.
--
-- KEYS  1 reservations, 2 words, 3 accounts, 4 subjects, 5 meta
-- ARGV  1 the epoch that they are of, then of each its id, packed as it is kept, the version that the ledger has, and when it was
--       changed last, ms
-- Reply how many were marked: none in another epoch, or while the partition is loaded

local RESERVATIONS, WORDS, ACCOUNTS, SUBJECTS, META = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local known = redis.call('HMGET', META, 'epoch', 'followed')
if known[1] ~= ARGV[1] then return 0 end
-- Nothing is decided here, and no movement made.
local MOVEMENTS, now = nil, 0

--- include marking

local ids = {}
for i = 2, #ARGV, 3 do ids[#ids + 1] = ARGV[i] end
local found = readMany(RESERVATIONS, ids)
for i = 1, #ids do
  local id, text = ids[i], found[i]
  if text and not isMarker(text) then
    local r = unpackReservation(text)
    -- What has happened to it since is marked when that was carried.
    if r.version == tonumber(ARGV[3 * i]) and isToMark(id, r) then mark(id, r, dayOf(tonumber(ARGV[3 * i + 1]))) end
  end
end
writeMarked()
if not known[2] then redis.call('HSET', META, 'followed', '1') end
return #marked
