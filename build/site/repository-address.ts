/** The address of the repository for visitors, from the field of package.json. */

/**
 * Returns the https address that `repository` names, as a text or as `{ url }`; null if there is none.
 *
 * @throws Error  for an address that no browser opens
 */
export function repositoryAddress(repository: string | { readonly url: string } | undefined): string | null {
  if (repository === undefined) return null;
  const given = typeof repository === "string" ? repository : repository.url;
  const address = given.replace(/^git\+/, "").replace(/\.git$/, "");
  if (!URL.canParse(address) || new URL(address).protocol !== "https:")
    throw new Error(
      `package.json: repository "${given}" is no https address; write git+https://HOST/PATH.git`,
    );
  return address;
}
