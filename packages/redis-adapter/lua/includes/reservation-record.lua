-- One reservation as it is kept: head, claims, texts, data, tail; or a marker of it.

--- include unpacking
--- include marker

local claimsOfWord

local packReservation
do
  local function packTail(r)
    if r.status == CONFIRMED then return packText(r.payment) end
    if r.status == RELEASED then return packText(r.cause) .. packOptional(r.reason) .. packOptional(r.payment) end
    if r.status == REFUND_REQUIRED then return packText(r.payment) .. packText(r.why) end
    if r.status == TOMBSTONED then return packText(r.cause) .. packOptional(r.reason) end
    return ''
  end

  -- `texts`: home, buyer's digest, subjects, each packed; `data`: the shop's own text, packed.
  function packReservation(r)
    local claims = packClaims(r)
    return packHead(r, r.claims == claims and r.word or 0, claims) .. r.texts .. r.data .. packTail(r)
  end
end

local unpackReservation
do
  local function unpackClaims(r, text, at)
    local longest, flags
    longest, flags, r.linesDigest, r.home, r.buyer, at = unpackAt('<I7BHc0BB', text, at)
    r.maxExpiresAt = r.reservedAt + longest
    r.backorder, r.late = flags % 2 == 1, flags % 4 >= 2
    r.lines, at = unpackLines(text, at)
    r.uses, at = unpackUses(text, at)
    r.guards, at = unpackNames(text, at)
    if flags >= 4 then
      local strike = {}
      strike.root, strike.subject, strike.ms, at = unpackAt('<I3HI7', text, at)
      r.strike = strike
    end
    r.textCount, at = unpackAt('<H', text, at)
    return at
  end

  function unpackReservation(text)
    local r, at = {}, nil
    if isMarker(text) then
      r.status, r.day, r.version, r.buyerDigest, r.linesDigest = unpackAt('<BHBI5I5', text)
      r.status, r.marked = r.status % 128, true
      return r
    end
    r.status, r.version, r.reservedAt, r.until_, r.word, at = unpackAt('<BI4I7I7I3', text)
    if r.word == 0 then at = unpackClaims(r, text, at)
    else
      r.claims = claimsOfWord(r.word)
      unpackClaims(r, r.claims, 1)
    end
    if r.status == HELD or r.status == DEFERRED then r.noted = r.until_ end
    local from = at
    r.text = {}
    for i = 1, r.textCount do r.text[i], at = unpackAt('<Hc0', text, at) end
    r.texts = string.sub(text, from, at - 1)
    local _, after = unpackAt('<Hc0', text, at)
    r.data = string.sub(text, at, after - 1)
    at = after
    if r.status == CONFIRMED then r.payment = unpackAt('<Hc0', text, at)
    elseif r.status == RELEASED then
      r.cause, at = unpackAt('<Hc0', text, at)
      r.reason, at = unpackOptional(text, at)
      r.payment = unpackOptional(text, at)
    elseif r.status == REFUND_REQUIRED then r.payment, r.why = unpackAt('<Hc0Hc0', text, at)
    elseif r.status == TOMBSTONED then
      r.cause, at = unpackAt('<Hc0', text, at)
      r.reason = unpackOptional(text, at)
    end
    return r
  end
end

local function isLive(r)
  return r.status == HELD or r.status == DEFERRED
end

-- A piece's id is longer than any id of a shop's: more than 128 UTF-16 units.
local function isPiece(id)
  if #id <= 128 then return false end
  local _, trailing = string.gsub(id, '[\128-\191]', '')
  local _, pairs_ = string.gsub(id, '[\240-\247]', '')
  return #id - trailing + pairs_ > 128
end

-- An order as a whole, whose units, uses and guards its pieces have.
local function isWhole(id, r)
  return string.sub(r.text[r.home + 1], 1, 8) == '/pieced/' and not isPiece(id)
end
