--- include many

-- Which messages of an entry need not be read again, one bit each: `marks` are told beside what was told before, since of two
-- calls of one lease the older may come last.
local function mark(ids, marks)
  local known, fields = readMany(ACKNOWLEDGED, ids), {}
  for i = 1, #ids do
    local text, before = marks[i], known[i]
    if before then
      local bytes = {}
      for j = 1, #text do bytes[j] = string.char(bit.bor(string.byte(text, j), string.byte(before, j) or 0)) end
      text = table.concat(bytes)
    end
    fields[2 * i - 1], fields[2 * i] = ids[i], text
  end
  writeMany('HSET', ACKNOWLEDGED, fields)
end
