import { type Service, ServiceMissing } from '../../tools/services/service.js'
import { CannotRun } from './cannot-run.js'

/** Starts a bench's servers one after the other; those that were started are stopped again where one cannot be had. */
export async function startedServices<const Starts extends readonly (() => Promise<Service>)[]>(
  ...starts: Starts
): Promise<{ readonly [At in keyof Starts]: Service }> {
  const services: Service[] = []
  try {
    for (const start of starts) services.push(await start())
  } catch (error) {
    for (const service of services) await service.stop()
    throw error instanceof ServiceMissing ? new CannotRun(error.message) : error
  }
  return services as { readonly [At in keyof Starts]: Service }
}
