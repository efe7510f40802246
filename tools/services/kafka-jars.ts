import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { installPackages, programOf, run } from './programs.js'

export const KAFKA_VERSION = '3.9.2'

/** Between runs the jars lie outside the tree, so that every clone finds them. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'holdfast')
const JARS = join(CACHE, `kafka-${KAFKA_VERSION}`)

const DEPENDENCIES = [
  ['org.apache.kafka', 'kafka_2.13', KAFKA_VERSION],
  // Where it logs to.
  ['org.slf4j', 'slf4j-reload4j', '1.7.36'],
] as const

/** The class path of a broker. */
export const CLASS_PATH = join(JARS, '*')

export function hasJars(): boolean {
  return programOf('java') !== null && existsSync(join(JARS, `kafka_2.13-${KAFKA_VERSION}.jar`))
}

/** 57 jars of 46 MB, through Maven, which knows the mirrors of the place. */
export async function fetchJars(): Promise<void> {
  if (programOf('java') === null) await installPackages('default-jre-headless')
  if (programOf('mvn') === null) await installPackages('maven')
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'fetching-'))
  try {
    writeFileSync(join(folder, 'pom.xml'), project())
    await run(
      programOf('mvn') ?? 'mvn',
      [
        ...['-q', '-B', 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'],
        ...['-DoutputDirectory=jars', '-DincludeScope=runtime'],
      ],
      { cwd: folder },
    )
    // All of them or none, whoever else fetches them at the same time.
    if (!hasJars()) renameSync(join(folder, 'jars'), JARS)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function project(): string {
  const dependencies = DEPENDENCIES.map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  )
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '<modelVersion>4.0.0</modelVersion>',
    '<groupId>holdfast</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>',
    `<dependencies>${dependencies.join('')}</dependencies>`,
    '</project>',
  ].join('\n')
}
