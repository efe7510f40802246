-- What includes/packing.lua packs, read again.

local function unpackLines(text, at)
  local lines, count = {}, string.byte(text, at)
  at = at + 1
  for i = 1, count do
    local account, quantity, owed, returned, after = unpackAt('<I3I4I4I4', text, at)
    local line = { account = account, quantity = quantity, owed = owed, returned = returned }
    if account == 0 then
      line.place = string.byte(text, after)
      after = after + 1
    end
    lines[i], at = line, after
  end
  return lines, at
end

local function unpackNames(text, at)
  local names, count = {}, nil
  count, at = unpackAt('<H', text, at)
  for i = 1, count do
    local root, subject, after = unpackAt('<I3H', text, at)
    names[i], at = { root = root, subject = subject }, after
  end
  return names, at
end

local function unpackUses(text, at)
  local uses, count = {}, nil
  count, at = unpackAt('<H', text, at)
  for i = 1, count do
    local use = { lines = {} }
    local lines
    use.root, use.subject, use.max, use.quantity, lines, at = unpackAt('<I3HI7I7B', text, at)
    for j = 1, lines do use.lines[j] = string.byte(text, at + j - 1) end
    use.prior, at = unpackNames(text, at + lines)
    uses[i] = use
  end
  return uses, at
end

-- Nothing is an empty text; what is there stands behind `=`.
local function packOptional(text)
  return packText(text == nil and '' or '=' .. text)
end

local function unpackOptional(text, at)
  local value, after = unpackAt('<Hc0', text, at)
  if value == '' then return nil, after end
  return string.sub(value, 2), after
end
