/**
 * Text with its spelling folded: compatibility forms, case, invisible characters and blanks make no difference.
 * The same subject whether written `12  Haupt­straße`, `12 HAUPTSTRASSE` or `１２ Hauptstrasse`.
 */
export function foldText(text: string): string {
  return (
    text
      .normalize('NFKC')
      .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
      // Down, up and down again: ß, ẞ and ss, σ and ς are the same letter in another case.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKC')
      .replace(/\s+/gu, ' ')
      .trim()
  )
}
