-- A day, as finished ids and movements tell in two bytes when they ended: since 1970, by the store's clock.
local DAY = 86400000

local function dayOf(at)
  return math.floor(at / DAY)
end
