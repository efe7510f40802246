-- How the record of a reservation begins: head and claims are the same for all alike orders of a batch, texts and data come
-- packed from the caller, so that a grant joins three strings. Claims that many orders have in common are a word, and stand in
-- the record by its number.

local function packClaims(r)
  local strike = r.strike
  return pack(
    '<I7BHc0BB',
    r.maxExpiresAt - r.reservedAt, (r.backorder and 1 or 0) + (r.late and 2 or 0) + (strike and 4 or 0),
    #r.linesDigest, r.linesDigest, r.home, r.buyer
  )
    .. packLines(r.lines) .. packUses(r.uses) .. packNames(r.guards)
    .. (strike and pack('<I3HI7', strike.root, strike.subject, strike.ms) or '')
    .. pack('<H', r.textCount)
end

-- `number`: of the word that its claims are, 0 for none.
local function packHead(r, number, claims)
  local head = pack('<BI4I7I7I3', r.status, r.version, r.reservedAt, r.until_, number)
  return number == 0 and head .. claims or head
end
