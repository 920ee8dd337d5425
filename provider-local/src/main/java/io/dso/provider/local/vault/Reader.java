package io.dso.provider.local.vault;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Who reads a vault besides root: the provider, which an agent that is root starts as a user of its own. It gets to read
 * the vault, not to write it, and the key file is its own, since nobody but its owner may read that. Both stay so when
 * root writes the vault.
 *
 * @param id numeric user and group
 */
public record Reader(int id) {
    /** The user of the provider named {@code local}, unless the agent's configuration says otherwise. */
    public static final int USUAL = 64100;

    /** @throws VaultException if we may not */
    public void mayReadVault(Path vault) {
        give(vault, "the vault can't be given to its reader", 0, 0640);
    }

    /** @throws VaultException if we may not */
    public void owns(Path keyFile) {
        give(keyFile, "the key file can't be given to its reader", id, 0600);
    }

    private void give(Path file, String refused, int uid, int mode) {
        try {
            new FileOwner(uid, id, mode).giveTo(file);
        } catch (IOException e) {
            throw Replacement.refused(refused, file, e);
        }
    }
}
