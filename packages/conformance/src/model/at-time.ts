import type { Command, LimitUse } from '@holdfast/core/adapter'

/** The command with its instants, written relative to when it is sent, made absolute. */
export function atTime(command: Command, now: number): Command {
  switch (command.kind) {
    case 'reserve': {
      const { claims } = command
      return {
        ...command,
        notAfter: now + command.notAfter,
        claims: { ...claims, uses: claims.uses.map((use) => windowAt(use, now)) },
      }
    }
    case 'confirm': {
      const { retake } = command
      if (retake === null) return command
      return {
        ...command,
        retake: { ...retake, until: now + retake.until, uses: retake.uses.map((use) => windowAt(use, now)) },
      }
    }
    case 'configure':
      return {
        ...command,
        opensAt: instantAt(command.opensAt, now),
        closesAt: instantAt(command.closesAt, now),
      }
    case 'judge': {
      const { tag } = command
      return tag ? { ...command, tag: { ...tag, until: instantAt(tag.until, now) } } : command
    }
    default:
      return command
  }
}

function windowAt(use: LimitUse, now: number): LimitUse {
  return { ...use, from: now + use.from, to: instantAt(use.to, now) }
}

function instantAt(offset: number | null, now: number): number | null {
  return offset === null ? null : now + offset
}
