-- Lets messages wait in the shard `messages`: one entry of its stream, `1-sequence`, without gaps.
-- `packed`: src/messages/packed-message.ts packs and reads it.
local function appendMessages(meta, outbox, now, packed)
  local sequence = tonumber(redis.call('HGET', meta, 'sequence') or 0) + 1
  local number = string.format('%.0f', sequence)
  -- The stream first: it alone may refuse, an entry that does not follow.
  redis.call('XADD', outbox, '1-' .. number, 'at', string.format('%.0f', now), 'log', packed)
  redis.call('HSET', meta, 'epoch', '1', 'sequence', number)
end
