-- Artifacts: what a task names in `artifacts` is saved after its success; a task that names it in `consumes` finds it
-- in its own directory, wherever that is. Nothing else of the one directory is seen in the other.
TaskDefinitions = {
  publish = {
    tasks = {
      {
        name = "render",
        workdir = "site",
        delegate_to = "localhost:50051",
        artifacts = { "public" },
        command = [[
          mkdir -p public
          for page in pages/*.md; do
            name=$(basename "$page" .md)
            echo "<h1>$(sed -n 1p "$page" | sed 's/^# //')</h1>" > "public/$name.html"
          done
          ls public
        ]],
      },
      {
        name = "check",
        depends_on = "render",
        -- A directory of its own: here come only the pages, not the sources.
        workdir = "check",
        consumes = { "public/*.html" },
        command = "grep -L '<h1>..*</h1>' public/*.html | sed 's/^/no title: /'; ls",
      },
      {
        name = "pack",
        depends_on = "check",
        consumes = { "public" },
        command = "tar -cf site.tar public && tar -tf site.tar | sort",
      },
    },
  },
}
