import { defineConfig } from 'tsup'
import { library } from '../../tools/build/library.js'

export default defineConfig(library())
