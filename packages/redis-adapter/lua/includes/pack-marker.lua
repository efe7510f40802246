-- Makes the marker of a reservation; `day`: when it was changed last.

--- include marker
--- include short-digest

local function packMarker(r, day)
  local buyer, lines = shortDigest(r.text[r.buyer + 1]), shortDigest(r.linesDigest)
  return pack('<BHBI5I5', 128 + r.status, day, r.version % 256, buyer, lines)
end
