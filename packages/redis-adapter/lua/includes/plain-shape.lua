-- Plain orders: nothing of what they claim has to be unpacked, where their ids and subjects are new. Their records are joined of
-- what alike orders have in common and what is their own.

local isPlain, newSubjects, newSubject
do
  -- A name twice in one record is not plain.
  local function isDistinct(names)
    local seen = {}
    for i = 1, #names do
      local name = names[i][1] .. ' ' .. names[i][2]
      if seen[name] then return false end
      seen[name] = true
    end
    return true
  end

  function isPlain(shape)
    if shape.k or shape.d or shape.r or shape.e or shape.passed or shape.n > 3 then return false end
    for i = 1, #shape.l do
      if shape.l[i][3] then return false end
    end
    for i = 1, #shape.u do
      if #shape.u[i][5] > 0 or shape.u[i].quantity > shape.u[i][3] or shape.u[i].quantity == 0 then return false end
    end
    for i = 1, #shape.g do
      if #shape.g[i][3] > 0 then return false end
    end
    return isDistinct(shape.u) and isDistinct(shape.g)
  end

  -- What `like` adds to a subject's record: before each guard's id, and behind the last.
  local function headsOf(shape, like, subject_)
    local counters, heads = '', {}
    for i = 1, #like.uses do
      local use = like.uses[i]
      if use.subject == subject_ then counters = counters .. packCounter(use.root, use.quantity, 0) end
    end
    for i = 1, #like.guards do
      local guard = like.guards[i]
      if guard.subject == subject_ then heads[#heads + 1] = pack('<BI3I7', 2, guard.root, like.until_) end
    end
    return counters, heads
  end

  -- By the shape's texts: what makes the record of a subject who was not known; `false` for a text that is none.
  function newSubjects(shape, like)
    local subjects = {}
    for j = 0, shape.n - 1 do
      local counters, heads = headsOf(shape, like, j)
      subjects[j + 1] = (counters ~= '' or #heads > 0) and { counters, heads } or false
    end
    return subjects
  end

  -- Its record.
  function newSubject(known, packedId)
    local text = known[1]
    for i = 1, #known[2] do text = text .. known[2][i] .. packedId end
    return text
  end
end
