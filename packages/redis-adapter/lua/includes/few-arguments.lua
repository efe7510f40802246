-- Few alike reserves as the caller tells them: in texts alone, which he sends in less time than columns.

local call, format, sub, each = redis.call, string.format, string.sub, tonumber(ARGV[6])
-- Made with room for one.
notAfters, ids, packedTexts, datas = { 0 }, { '' }, { '' }, { '' }
for n = 1, few do
  local at = 7 + (n - 1) * (3 + each)
  local id, data, packed = ARGV[at + 1], ARGV[at + 2], ''
  -- A UUID comes as its text behind `u`, and is kept as its bytes (src/ids.ts); any other id comes behind `t`.
  ids[n] = string.byte(id) ~= 117 and sub(id, 2) or pack(
    '>BI4I2I2I2I6', 255, tonumber(sub(id, 2, 9), 16), tonumber(sub(id, 11, 14), 16), tonumber(sub(id, 16, 19), 16),
    tonumber(sub(id, 21, 24), 16), tonumber(sub(id, 26, 37), 16)
  )
  for j = 1, each do
    local text = ARGV[at + 2 + j]
    names[#names + 1], packed = text, packed .. pack('<Hc0', #text, text)
  end
  notAfters[n], packedTexts[n], datas[n] = tonumber(ARGV[at]), packed, pack('<Hc0', #data, data)
end
-- What is read of one alone needs no table.
foundIds = few == 1 and { call('HGET', RESERVATIONS, ids[1]) } or call('HMGET', RESERVATIONS, unpack(ids))
foundSubjects = #names == 1 and { call('HGET', SUBJECTS, names[1]) } or call('HMGET', SUBJECTS, unpack(names))
