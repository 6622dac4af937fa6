# Makes the table of hr.c from data/hresult.tsv (code, name, text), sorted by code as the file is.
# Codes are compared as text: they have one width, and some awks read hexadecimal numbers, others do not.
BEGIN { FS = "\t"; print "/* made from data/hresult.tsv */" }
/^#/ || NF < 3 { next }
$1 == "code" { next }
{
    gsub(/\\/, "\\\\", $3); gsub(/"/, "\\\"", $3)
    if (($1 "") <= (last "")) { print "hresult.tsv: " $1 " is out of order" > "/dev/stderr"; exit 1 }
    last = $1
    printf "{%su, \"%s\", \"%s\"},\n", $1, $2, $3
}
