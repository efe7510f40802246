import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedModule } from '../embed-lua/embed.js'
import { clean, type Finding } from './command.js'

/** The scripts that the Redis adapter holds as text are those of its Lua files; `fix` writes them anew. */
export function checkEmbeddedLua(root: string, fix: boolean): Finding {
  const folder = join(root, 'packages/redis-adapter')
  const path = join(folder, 'src/scripts/embedded.ts')
  const wanted = embeddedModule(join(folder, 'lua'))
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) return clean
  if (!fix)
    return { ok: false, output: 'src/scripts/embedded.ts is not what lua/ makes: npm run check -- --fix lua' }
  writeFileSync(path, wanted)
  return clean
}
