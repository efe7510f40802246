-- What is left of an order once it ended and the ledger behind has that: its status behind 128, the day when it was changed last, the
-- end of its version, and digests of buyer and lines. includes/pack-marker.lua writes it.

local function isMarker(text)
  return string.byte(text) >= 128
end
