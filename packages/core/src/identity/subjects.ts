import { formatPath, invalid } from '../input/parse.js'
import { digest } from './digest.js'
import type { LoadedKey } from './hash-keys.js'
import { KeyedNames, type SubjectName } from './keyed-names.js'
import { type IdentitySettings, type Normalised, normaliserFor } from './normalisers.js'

/** The identities of a buyer whose form was checked. */
export interface Identities {
  readonly user: string
  readonly phone?: string | undefined
  readonly address?: string | undefined
  readonly ip?: string | undefined
  readonly other?: ReadonlyMap<string, string> | undefined
}

/** An identity of another kind than the user, by its names. */
export interface KeyedSubject extends SubjectName {
  readonly kind: string
}

/** Who buys, in names that tell nothing: plain JSON, fit to be stored with a queued order. */
export interface Subjects {
  /** Digest of the user's id; it never changes. */
  readonly user: string
  /** The identities that the policy counts and the buyer carries. */
  readonly keyed: readonly KeyedSubject[]
}

const NONE: readonly never[] = []

/** Turns a buyer into subjects: each identity that is counted is normalised, then hashed. */
export class SubjectReader {
  private readonly kinds: readonly KindReader[]

  /** @param counted kinds other than `user` that some rule counts */
  constructor(counted: readonly string[], settings: IdentitySettings, keys: readonly LoadedKey[]) {
    this.kinds = counted.map((kind) => ({
      kind,
      names: new KeyedNames(kind, keys),
      normalise: normaliserFor(kind, settings),
    }))
  }

  /** @throws HoldfastError `invalid-argument` at `buyer.phone` and the like; its message holds nothing of the identity */
  read(buyer: Identities): Subjects {
    const user = digest(buyer.user)
    if (this.kinds.length === 0) return { user, keyed: NONE }
    const keyed: KeyedSubject[] = []
    for (const reader of this.kinds) {
      const text = identityOf(buyer, reader.kind)
      if (text === undefined) continue
      const { name, prior } = subjectName(reader, text)
      keyed.push({ kind: reader.kind, name, prior })
    }
    return { user, keyed }
  }
}

interface KindReader {
  readonly kind: string
  readonly names: KeyedNames
  readonly normalise: (text: string) => Normalised
}

function subjectName({ kind, names, normalise }: KindReader, text: string): SubjectName {
  const known = names.recall(text)
  if (known !== undefined) return known
  const normalised = normalise(text)
  if ('fault' in normalised) throw invalid(identityPath(kind), normalised.fault)
  return names.name(text, normalised.text)
}

function identityOf(buyer: Identities, kind: string): string | undefined {
  switch (kind) {
    case 'phone':
    case 'address':
    case 'ip':
      return buyer[kind]
    default:
      return buyer.other?.get(kind)
  }
}

/** Where a caller writes the identity of this kind. */
function identityPath(kind: string): string {
  return formatPath(isNamedKind(kind) ? ['buyer', kind] : ['buyer', 'other', kind])
}

function isNamedKind(kind: string): boolean {
  return kind === 'user' || kind === 'phone' || kind === 'address' || kind === 'ip'
}

/** The subject of one kind. @throws HoldfastError `invalid-argument` where a rule counts what the buyer does not carry */
export function subjectOf(subjects: Subjects, kind: string): SubjectName {
  if (kind === 'user') return { name: subjects.user, prior: NONE }
  const keyed = subjects.keyed.find((subject) => subject.kind === kind)
  if (keyed === undefined) throw invalid(identityPath(kind), 'is missing: a rule of the policy counts it')
  return keyed
}
