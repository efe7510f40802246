-- Claims that many orders have in common, by the numbers of their words.

local claimsByNumber = {}

claimsOfWord = function(number)
  local claims = claimsByNumber[number]
  if not claims then
    claims = string.sub(redis.call('HGET', WORDS, '#' .. string.format('%.0f', number)), 2)
    claimsByNumber[number] = claims
  end
  return claims
end
