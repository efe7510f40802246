-- Texts that many records share (accounts, roots of names) have numbers, given when they are first written.
local words, newWords, wordCount = {}, {}, 0

-- The number of a text; `nil` if it has none yet.
local function word(text)
  local number = words[text]
  if number == nil then
    number = tonumber(redis.call('HGET', WORDS, text) or nil) or false
    words[text] = number
  end
  return number or nil
end

local function wordToWrite(text)
  local number = word(text)
  if number == nil then
    wordCount = wordCount + 1
    number = wordCount
    words[text] = number
    local digits, n = string.format('%.0f', number), #newWords
    newWords[n + 1], newWords[n + 2], newWords[n + 3], newWords[n + 4] = text, digits, '#' .. digits, text
  end
  return number
end
