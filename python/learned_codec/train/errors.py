"""What goes wrong with files and is the user's to mend."""


class TrainError(Exception):
    """One sentence that names the file, and its field where there is one."""
