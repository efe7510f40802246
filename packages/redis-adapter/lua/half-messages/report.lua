-- Takes the answer of a check, of the one to whom it was handed out last.
--
-- KEYS  those of includes/half-messages.lua
-- ARGV  1 id, 2 the lease
--       3 the status that it is to have; if it is not decided: 0 where that counts as a check, empty where it does not
--       4 why it is not decided, behind `=`, 5 checks after which it waits for an operator, 6 wait before the next one, ms
-- Reply 1, or nil: it was decided meanwhile, or handed out again

--- include clock
--- include half-messages

local half = halfOf(ARGV[1])
if not half or half.status ~= PREPARED or string.format('%.0f', half.lease) ~= ARGV[2] or half.leasedUntil == 0 then
  return false
end
half.leasedUntil = 0
local status = tonumber(ARGV[3])
if status == COMMITTED or status == ROLLED_BACK then
  decideHalf(ARGV[1], half, status)
  return 1
end
half.error = ARGV[4]
if status == PREPARED then half.checks = half.checks + 1 end
if status == PREPARED and half.checks >= tonumber(ARGV[5]) then
  half.status, half.nextCheckAt = PARKED, nil
else
  half.nextCheckAt = now + ARGV[6]
end
meetKinds()
keepHalf(ARGV[1], half)
return 1
