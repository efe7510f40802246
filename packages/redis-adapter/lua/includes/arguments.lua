-- Arguments that come in lists, one behind the other: each call takes the next list, of `count` values.
local function argumentsFrom(first)
  return function(count)
    local some = {}
    for i = 1, tonumber(count) do some[i] = ARGV[first + i - 1] end
    first = first + #some
    return some
  end
end
