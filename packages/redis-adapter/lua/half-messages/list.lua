-- Half messages by their ids, in the order of bytes.
--
-- KEYS  those of includes/half-messages.lua
-- ARGV  1 and 2 the first and the last, as ZRANGEBYLEX takes them, 3 how many
-- Reply [state, message, …]

--- include clock
--- include many
--- include half-messages

local ids, told = redis.call('ZRANGEBYLEX', IDS, ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3]), {}
local states, messages = readMany(STATES, ids), readMany(MESSAGES, ids)
for i = 1, #ids do told[2 * i - 1], told[2 * i] = states[i], messages[i] end
return told
