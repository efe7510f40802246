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

  -- By the shape's texts: what makes the record of a subject who was not known, packed counters and how each guard begins;
  -- `false` for a text that is none.
  function newSubjects(shape, like)
    local subjects = {}
    for j = 0, shape.n - 1 do
      local counters, guards = '', {}
      for i = 1, #like.uses do
        local use = like.uses[i]
        if use.subject == j then counters = counters .. packCounter(use.root, use.quantity, 0) end
      end
      for i = 1, #like.guards do
        local guard = like.guards[i]
        if guard.subject == j then guards[#guards + 1] = pack('<BI3', 2, guard.root) end
      end
      subjects[j + 1] = (counters ~= '' or #guards > 0) and { counters, guards }
    end
    return subjects
  end

  -- Its record, with the guards that an order keeps.
  function newSubject(known, packedUntil, packedId)
    local text, guards = known[1], known[2]
    for i = 1, #guards do text = text .. guards[i] .. packedUntil .. packedId end
    return text
  end
end
