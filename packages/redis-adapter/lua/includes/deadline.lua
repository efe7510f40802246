-- The deadline decides, not the sweeper: whoever meets a hold that is due expires it first.

-- Units, uses, guards and strike of a hold that ends without a payment, or is rolled back.
local function giveBack(id, r, struck)
  local before = r.status
  for i = 1, #r.lines do
    local line = r.lines[i]
    local quantity = line.quantity - line.owed - line.returned
    if quantity > 0 or line.owed > 0 then
      if before == HELD then moveLine(line, quantity, -quantity, 0, -line.owed)
      elseif before == CONFIRMED then moveLine(line, quantity, 0, -quantity, -line.owed) end
    end
  end
  countUses(r, -1)
  if isLive(r) then freeGuards(id, r) end
  if struck then strike(r) end
end

-- What stands in the ledger of a reservation that gives back: its lines before it did.
local function packGivenBack(r)
  local lines = {}
  for i = 1, #r.lines do
    if r.lines[i].account ~= 0 then lines[#lines + 1] = r.lines[i] end
  end
  return packLines(lines)
end

local homeExpired = function() end

local current
do
  local function expire(id, r)
    local struck = r.strike ~= nil
    local whole = isWhole(id, r)
    r.version = r.version + 1
    note(pack('<BHc0I4BB', 69, #id, id, r.version, struck and 1 or 0, whole and 0 or r.status)
      .. (whole and '\0' or packGivenBack(r)))
    if not whole then giveBack(id, r, struck) end
    r.status, r.until_ = EXPIRED, now
    keep(id, r)
    if whole then homeExpired(id, r) end
  end

  -- The reservation as it stands now; `nil` if there is none. A piece is what its home says, due or not.
  function current(id)
    local r = reservations[id]
    if r == nil then
      local text = packedReservation(id)
      if not text then return nil end
      r = reservation(id)
    end
    if isLive(r) and now >= r.until_ and not isPiece(id) then expire(id, r) end
    return r
  end
end

local function expireHolder(root, name)
  local guard = guardOf(root, name)
  if guard and now >= guard.expiresAt then current(guard.id) end
end
