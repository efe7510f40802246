import { MemoryStore } from '@holdfast/core'
import { describe, it } from 'vitest'
import { testFeed, testLedger } from '../src/index.js'

const close = async () => {}

testFeed({ describe, it, create: async ({ clock }) => ({ store: new MemoryStore({ clock }), close }) })
testLedger({ describe, it, create: async ({ clock }) => ({ ledger: new MemoryStore({ clock }), close }) })
