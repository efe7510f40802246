import type { AccountKey, StockAccountState } from '@holdfast/core/adapter'

/** `packAccount` in `lua/includes/books.lua` writes it: numbers between blanks, `-` for none. */
export function accountOfRecord(key: AccountKey, record: Buffer): StockAccountState {
  const values = record.toString('latin1').split(' ')
  const number = (at: number) => Number(values[at])
  const instant = (at: number) => (values[at] === '-' ? null : number(at))
  return {
    key,
    available: number(0),
    reserved: number(1),
    sold: number(2),
    backordered: number(3),
    supplied: number(4),
    archived: number(5),
    opensAt: instant(6),
    closesAt: instant(7),
    backorderLimit: number(8),
    configVersion: number(9),
    version: number(10),
  }
}
