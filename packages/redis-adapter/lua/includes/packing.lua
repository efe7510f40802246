-- How values are packed into records and stream entries; src/records reads the same in TypeScript.
-- Whole numbers up to 2^53 take seven bytes, texts their length in two, positions count from 0.

local HELD, DEFERRED, CONFIRMED, RELEASED, EXPIRED, REFUND_REQUIRED, TOMBSTONED = 1, 2, 3, 4, 5, 6, 7
local pack, unpackAt = struct.pack, struct.unpack

-- Values of a column, `count` of them, each of the format.
local function column(format, count, text)
  local most = 1000
  if count <= most then
    local values = { unpackAt('<' .. string.rep(format, count), text) }
    values[count + 1] = nil
    return values
  end
  local values, at = {}, 1
  while #values < count do
    local some = math.min(count - #values, most)
    local part = { unpackAt('<' .. string.rep(format, some), text, at) }
    for i = 1, some do values[#values + 1] = part[i] end
    at = part[some + 1]
  end
  return values
end

local function packText(text)
  return pack('<Hc0', #text, text)
end

-- A line without an account is one whose units lie in another partition: `place` is the text that names it.
local function packLines(lines)
  local parts = { string.char(#lines) }
  for i = 1, #lines do
    local line = lines[i]
    parts[i + 1] = pack('<I3I4I4I4', line.account, line.quantity, line.owed, line.returned)
    if line.account == 0 then parts[i + 1] = parts[i + 1] .. string.char(line.place) end
  end
  return table.concat(parts)
end

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

-- A name is the number of its root (what comes before the subject) and the position of its subject among the texts.
local function packNames(names)
  local parts = { pack('<H', #names) }
  for i = 1, #names do parts[i + 1] = pack('<I3H', names[i].root, names[i].subject) end
  return table.concat(parts)
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

local function packUses(uses)
  local parts = { pack('<H', #uses) }
  for i = 1, #uses do
    local use = uses[i]
    local lines = { string.char(#use.lines) }
    for j = 1, #use.lines do lines[j + 1] = string.char(use.lines[j]) end
    parts[i + 1] = pack('<I3HI7I7', use.root, use.subject, use.max, use.quantity)
      .. table.concat(lines) .. packNames(use.prior)
  end
  return table.concat(parts)
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
