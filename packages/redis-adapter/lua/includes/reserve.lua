-- Reserve: the id's own answer first, then the refusals in their order of precedence, then all or nothing.

local reserve, replay, strikeOf, limitReached, owedOrShort, noteGrant, claim, owedOf, sellable
do
  function replay(r, shape, texts)
    if r.status == TOMBSTONED then return 'tombstoned' end
    local differs, buyer, lines = {}, texts[shape.y + 1], shape.f
    if r.marked then buyer, lines = shortDigest(buyer), shortDigest(lines) end
    if (r.buyerDigest or r.text[r.buyer + 1]) ~= buyer then differs[1] = 'buyer' end
    if r.linesDigest ~= lines then differs[#differs + 1] = 'lines' end
    if #differs > 0 then return { 'id-reused', differs } end
    return { 'replayed', r.status, isLive(r) and r.until_ or false }
  end

  function sellable(account)
    return math.max(0, account.available - account.backordered)
  end

  -- Units of a line that would be owed past stock; −1 if they cannot be had.
  function owedOf(account, quantity, backorder)
    local free = sellable(account)
    if quantity <= free then return 0 end
    local owed = quantity - free
    return backorder and account.backordered + owed <= account.backorderLimit and owed or -1
  end

  local function closedAccount(shape)
    local unknown, notOpen, closed = nil, nil, nil
    for i = 1, #shape.l do
      local line = shape.l[i]
      local account = not line[3] and accountNamed(line[1])
      if not account then
        if not line[3] then
          unknown = unknown or {}
          unknown[#unknown + 1] = i - 1
        end
      elseif account.opensAt and now < account.opensAt then notOpen = notOpen or { i - 1, account.opensAt }
      elseif account.closesAt and now >= account.closesAt then closed = closed or { i - 1, account.closesAt } end
    end
    if unknown then return { 'account-unknown', unknown } end
    if shape.e then return nil end
    if notOpen then return { 'sale-not-open', notOpen[1], notOpen[2] } end
    return closed and { 'sale-closed', closed[1], closed[2] }
  end

  function strikeOf(root, name)
    local strikes = root and subject(name).strikes
    return strikes and strikes[root]
  end

  local EFFECTS = { 'none', 'defer-stock', 'refuse' }

  -- What the buyer's records make of the next order.
  local function assess(gate, texts)
    local strikes, until_, tag = 0, false, nil
    local function add(record)
      if not record then return end
      local some = strikesAt(record)
      strikes = strikes + some
      if some > 0 and (not until_ or record.until_ > until_) then until_ = record.until_ end
      if not tag and record.tag ~= NO_TAG and (record.tagUntil == 0 or now < record.tagUntil) then tag = record end
    end
    add(strikeOf(word(gate.r), texts[gate.s + 1]))
    for i = 1, #gate.p do add(strikeOf(word(gate.p[i][1]), texts[gate.p[i][2] + 1])) end
    if tag then return EFFECTS[tag.tag], strikes, tag.tagUntil ~= 0 and tag.tagUntil end
    if gate.x and strikes >= gate.x then return 'refuse', strikes, until_ end
    if gate.d and strikes >= gate.d then return 'defer-stock', strikes, until_ end
    return 'none', strikes, until_
  end

  local function blocked(position, root, name, id)
    local guard = guardOf(root, name)
    if guard and guard.id ~= id and now < guard.expiresAt then
      return { 'unpaid-order', position, guard.id, guard.expiresAt }
    end
  end

  -- `position`: the guard's, and behind it that of its prior name.
  local function unpaidOrder(shape, texts, id)
    for i = 1, #shape.g do
      local guard = shape.g[i]
      local refusal = blocked({ i - 1, -1 }, word(guard[1]), texts[guard[2] + 1], id)
      if refusal then return refusal end
      for j = 1, #guard[3] do
        local prior = guard[3][j]
        refusal = blocked({ i - 1, j - 1 }, word(prior[1]), texts[prior[2] + 1], id)
        if refusal then return refusal end
      end
    end
  end

  local function usedOf(use, texts)
    local used = counterOf(word(use[1]), texts[use[2] + 1])
    for i = 1, #use[5] do used = used + counterOf(word(use[5][i][1]), texts[use[5][i][2] + 1]) end
    return used
  end

  function limitReached(uses, texts)
    for i = 1, #uses do
      local use = uses[i]
      local used = usedOf(use, texts)
      if used + use.quantity > use[3] then return { 'purchase-limit', i - 1, used } end
    end
  end

  -- Each line with what it would be owed, or the lines that are short.
  function owedOrShort(lines, backorder)
    local owed, short, isOwed = {}, nil, false
    for i = 1, #lines do
      local line = lines[i]
      local account = not line[3] and accountNamed(line[1])
      local units = line[3] and 0 or -1
      if account then units = owedOf(account, line[2], backorder) end
      if units < 0 then
        short = short or {}
        short[#short + 1] = { i - 1, account and sellable(account) or 0 }
      elseif units > 0 then isOwed = true end
      owed[i] = units
    end
    return short, isOwed and owed or nil
  end

  local function takeUnits(lines)
    for i = 1, #lines do
      local line = lines[i]
      local quantity = line.quantity - line.owed
      moveLine(line, -quantity, quantity, 0, line.owed)
    end
  end

  function noteGrant(id, record)
    note(pack('<BHc0', 71, #id, id) .. record)
  end

  -- Everything that a grant changes beside its record; `r.text` are its texts.
  function claim(id, r)
    if r.status == HELD then takeUnits(r.lines) end
    countUses(r, 1)
    openGuards(id, r)
  end

  local function grant(id, shape, texts, packedTexts, data, deferred, owed)
    local status = deferred and DEFERRED or HELD
    local like = not owed and shape[status]
    if not like then
      like = granted(shape, status, linesToWrite(shape.l, owed))
      like.head = packHead(like, 0, packClaims(like))
      if not owed then shape[status] = like end
    end
    like.text = texts
    local record = like.head .. packedTexts .. data
    noteGrant(id, record)
    claim(id, like)
    packedReservations[id], reservations[id], changedReservations[id] = record, nil, true
    like.noted = nil
    noteDue(id, like)
    if owed and not isWhole(id, like) then noteOwed(id, like) end
    if not deferred and not owed then return like.until_ end
    return { 'granted', deferred and 1 or 0, like.until_, owedLines(like.lines) }
  end

  function reserve(id, shape, texts, packedTexts, data, notAfter)
    local known = current(id)
    if known then return replay(known, shape, texts) end
    if now > notAfter then return 'late' end
    if shape.r then return 'refused' end
    for i = 1, #shape.g do
      local guard = shape.g[i]
      expireHolder(word(guard[1]), texts[guard[2] + 1])
      for j = 1, #guard[3] do expireHolder(word(guard[3][j][1]), texts[guard[3][j][2] + 1]) end
    end
    local refusal = closedAccount(shape)
    if refusal then return refusal end
    local effect, strikes, until_
    if shape.k then
      effect, strikes, until_ = assess(shape.k, texts)
      if effect == 'refuse' then return { 'buyer-refused', strikes, until_ } end
    end
    refusal = unpaidOrder(shape, texts, id)
    if refusal then return refusal end
    if shape.passed then return { 'window-passed', shape.passed - 1 } end
    refusal = limitReached(shape.u, texts)
    if refusal then return refusal end
    local short, owed = owedOrShort(shape.l, shape.b)
    if short then return { 'insufficient-stock', short } end
    local deferred = shape.d or effect == 'defer-stock'
    return grant(id, shape, texts, packedTexts, data, deferred, not deferred and owed or nil)
  end
end
