-- Decides a half message, unless it was decided before.
--
-- KEYS  those of includes/half-messages.lua
-- ARGV  1 id, 2 the status it is to have, 3 1 to write in any case
-- Reply [its status, 1 if this call made it so], nil if there is none of this id

--- include clock
--- include half-messages

local half = halfOf(ARGV[1])
if not half then return false end
if half.decidedAt then
  writeAnyway(ARGV[3])
  return { half.status, 0 }
end
decideHalf(ARGV[1], half, tonumber(ARGV[2]))
return { half.status, 1 }
