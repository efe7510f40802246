-- A reservation as src/batch/told-reservation.ts tells it, made one as it is read of its record.

local readTold
do
  local function named(names)
    local written = {}
    for i = 1, #names do written[i] = { root = wordToWrite(names[i][1]), subject = names[i][2] } end
    return written
  end

  local function lines(told)
    local written = {}
    for i = 1, #told do
      local account, quantity, owed, returned, place = unpack(told[i])
      written[i] = {
        account = place and 0 or wordToWrite(account), place = place,
        quantity = quantity, owed = owed, returned = returned,
      }
    end
    return written
  end

  local function uses(told)
    local written = {}
    for i = 1, #told do
      local root, subject_, max, quantity, of, prior = unpack(told[i])
      written[i] = {
        root = wordToWrite(root), subject = subject_, max = max, quantity = quantity, lines = of, prior = named(prior),
      }
    end
    return written
  end

  local function why(told)
    if not told then return nil end
    if told.use then
      local root, subject_ = told.root, told.subject
      return pack('<BHI3HI7I7I7', 1, told.use, wordToWrite(root), subject_, told.max, told.used, told.requested)
    end
    if not told.short then return '\0' end
    local parts = { pack('<BB', 2, #told.short) }
    for i = 1, #told.short do
      local text, requested, available = unpack(told.short[i])
      parts[i + 1] = pack('<I3I4I7', wordToWrite(text), requested, available)
    end
    return table.concat(parts)
  end

  function readTold(r)
    local strike_ = r.strike
    r.maxExpiresAt = r.reservedAt + r.longest
    r.strike = strike_ and { root = wordToWrite(strike_[1]), subject = strike_[2], ms = strike_[3] } or nil
    r.lines, r.uses, r.guards, r.why = lines(r.lines), uses(r.uses), named(r.guards), why(r.why)
    r.text, r.textCount = r.texts, #r.texts
    local texts = {}
    for j = 1, #r.text do texts[j] = packText(r.text[j]) end
    r.texts, r.data = table.concat(texts), packOptional(r.data)
    r.claims = packClaims(r)
    return r
  end
end
