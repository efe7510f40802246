-- The reserves by their columns.

shapes = prepareShapes(ARGV[5])
shapeOf = column('H', reserves, ARGV[6])
notAfters = column('d', reserves, ARGV[7])
ids = column('Hc0', reserves, ARGV[8])
packedTexts = column('I4c0', reserves, ARGV[9])
datas = column('Hc0', reserves, ARGV[10])
local n = 0
for i = 1, reserves do
  local shape = shapes[shapeOf[i] + 1]
  local count_ = shape.n
  if count_ == 1 then names[n + 1] = unpackAt('<Hc0', packedTexts[i])
  elseif count_ == 2 then names[n + 1], names[n + 2] = unpackAt('<Hc0Hc0', packedTexts[i])
  else
    local own = { unpackAt(shape.textFormat, packedTexts[i]) }
    for j = 1, count_ do names[n + j] = own[j] end
  end
  n = n + count_
end
foundIds = readMany(RESERVATIONS, ids)
foundSubjects = readMany(SUBJECTS, names)
