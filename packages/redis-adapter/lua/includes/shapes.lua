-- What alike reserves of a batch have in common, told once:
--   l lines [account, quantity, place?], f digest of the lines as written, u uses [root, subject, max, lines, prior, from, to],
--   g guards [root, subject, prior], k strikes {r root, s subject, p prior, ms, d defer at, x refuse at}, b backorder,
--   d deferred by the shop, h hold, m longest hold, e even if closed, r refused by the policy, n number of texts,
--   c many orders of the batch are alike: their claims become a word,
--   o and y positions of home and buyer among them. Subjects are positions too; prior names are [root, subject].

local prepareShapes, granted, linesToWrite, sumOf
do
  local function rootNames(names)
    for i = 1, #names do names[i].root = names[i][1] end
    return names
  end

  function sumOf(lines, indexes)
    local sum = 0
    for i = 1, #indexes do sum = sum + lines[indexes[i] + 1][2] end
    return sum
  end

  function prepareShapes(text)
    local shapes = cjson.decode(text)
    for i = 1, #shapes do
      local shape = shapes[i]
      for j = 1, #shape.u do
        local use = shape.u[j]
        use.quantity = sumOf(shape.l, use[4])
        if not shape.passed and (now < use[6] or (use[7] and now >= use[7])) then shape.passed = j end
      end
      shape.textFormat = '<' .. string.rep('Hc0', shape.n)
    end
    return shapes
  end

  -- Names as a record keeps them: by the numbers of their roots.
  local function namesToWrite(names)
    local written = {}
    for i = 1, #names do written[i] = { root = wordToWrite(names[i][1]), subject = names[i][2] } end
    return written
  end

  local function usesToWrite(uses)
    local written = {}
    for i = 1, #uses do
      local use = uses[i]
      written[i] = {
        root = wordToWrite(use[1]), subject = use[2], max = use[3], lines = use[4],
        prior = namesToWrite(use[5]), quantity = use.quantity,
      }
    end
    return written
  end

  -- A reservation of this shape, as it is granted.
  function granted(shape, status, lines)
    local risk = shape.k
    return {
      status = status, version = 1, reservedAt = now, until_ = now + shape.h,
      maxExpiresAt = now + math.max(shape.h, shape.m), backorder = shape.b, late = false,
      linesDigest = shape.f, home = shape.o, buyer = shape.y, lines = lines,
      uses = usesToWrite(shape.u), guards = namesToWrite(shape.g), textCount = shape.n,
      strike = risk and { root = wordToWrite(risk.r), subject = risk.s, ms = risk.ms } or nil,
    }
  end

  -- Lines as they are granted, `owed` by position.
  function linesToWrite(lines, owed)
    local written = {}
    for i = 1, #lines do
      local line = lines[i]
      local place = line[3]
      written[i] = {
        account = place and 0 or wordToWrite(line[1]), place = place, quantity = line[2],
        owed = owed and owed[i] or 0, returned = 0,
      }
    end
    return written
  end
end
