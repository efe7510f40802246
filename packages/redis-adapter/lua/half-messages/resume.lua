-- Lets a parked half message be checked again, with its whole budget.
--
-- KEYS  those of includes/half-messages.lua
-- ARGV  1 id
-- Reply 1, or nil if it is not parked

--- include clock
--- include half-messages

local half = halfOf(ARGV[1])
if not half or half.status ~= PARKED then return false end
meetKinds()
half.status, half.checks, half.nextCheckAt = PREPARED, 0, now
keepHalf(ARGV[1], half)
return 1
