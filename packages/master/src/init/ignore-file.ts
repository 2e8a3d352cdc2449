export const IGNORE_FILE = ".slothignore";

export const IGNORE_FILE_TEXT = `# What is not sent to agents and not taken back from them, in the patterns of a .gitignore.
# .git and .sloth are left out by themselves.
.DS_Store
*.swp

# Large, and made anew where it is needed:
# node_modules/
# .venv/

# Secrets that no task needs:
# .env
`;
