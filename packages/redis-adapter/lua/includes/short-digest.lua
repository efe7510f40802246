-- 40 bits of a text: enough to tell a retry from another's order, too few to look for somebody by them.
local function shortDigest(text)
  return tonumber(string.sub(redis.sha1hex(text), 1, 10), 16)
end
