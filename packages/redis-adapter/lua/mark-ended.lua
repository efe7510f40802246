-- Leaves markers of orders that ended unsold, once the ledger behind has them: all else of them is the ledger's to tell. Orders
-- in pieces, and their pieces, are passed over.
--
-- KEYS  1 reservations, 2 words
-- ARGV  the ids, packed as they are kept
-- Reply how many were marked

--- include many
--- include packing
--- include grant-record
--- include reservation-record

local RESERVATIONS, WORDS = KEYS[1], KEYS[2]

--- include claims-words
--- include short-digest

local function packMarker(r)
  return pack('<BI6I6', MARKED + r.status, shortDigest(r.text[r.buyer + 1]), shortDigest(r.linesDigest))
end

local found, fields = readMany(RESERVATIONS, ARGV), {}
for i = 1, #ARGV do
  local id, text = ARGV[i], found[i]
  if text and not isMarker(text) and not isPiece(id) then
    local r = unpackReservation(text)
    local ended = r.status == RELEASED or r.status == EXPIRED or r.status == REFUND_REQUIRED
    if ended and not isWhole(id, r) then
      fields[#fields + 1] = id
      fields[#fields + 1] = packMarker(r)
    end
  end
end
writeMany('HSET', RESERVATIONS, fields)
return #fields / 2
