-- Leaves markers of orders that ended unsold, once the ledger behind has them: all else of them is the ledger's to tell. Orders
-- in pieces, and their pieces, are passed over.
--
-- KEYS  1 reservations, 2 words
-- ARGV  of each its id, packed as it is kept, the version that the ledger has, and when it was changed last, ms
-- Reply how many were marked

--- include many
--- include packing
--- include day
--- include grant-record
--- include reservation-record
--- include pack-marker

local RESERVATIONS, WORDS = KEYS[1], KEYS[2]

--- include claims-words

local ids, fields = {}, {}
for i = 1, #ARGV, 3 do ids[#ids + 1] = ARGV[i] end
local found = readMany(RESERVATIONS, ids)
for i = 1, #ids do
  local id, text = ids[i], found[i]
  if text and not isMarker(text) and not isPiece(id) then
    local r = unpackReservation(text)
    local ended = r.status == RELEASED or r.status == EXPIRED or r.status == REFUND_REQUIRED
    -- What has happened to it since is marked when that was carried.
    if ended and not isWhole(id, r) and r.version == tonumber(ARGV[3 * i - 1]) then
      fields[#fields + 1] = id
      fields[#fields + 1] = packMarker(r, dayOf(tonumber(ARGV[3 * i])))
    end
  end
end
writeMany('HSET', RESERVATIONS, fields)
return #fields / 2
