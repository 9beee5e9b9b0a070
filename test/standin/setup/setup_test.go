package setup

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/unattend"
)

var editions = []string{"Windows 7 STARTER", "Windows 7 PROFESSIONAL"}

func whole(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../boot/testdata/Autounattend.xml")
	require.NoError(t, err)
	return string(data)
}

func TestFind(t *testing.T) {
	medium, answer, second := t.TempDir(), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(answer, "AUTOUNATTEND.XML"), []byte("first"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(second, "Autounattend.xml"), []byte("second"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(medium, "sub"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(medium, "sub", "Autounattend.xml"), []byte("not at the root"), 0o600))

	got, err := Find([]string{medium, answer, second})
	require.NoError(t, err)
	require.Equal(t, "first", string(got))
	got, err = Find([]string{medium})
	require.NoError(t, err)
	require.Nil(t, got)
}

func TestReadWholeAnswerFile(t *testing.T) {
	a, err := Read([]byte(whole(t)), editions)
	require.NoError(t, err)
	require.Equal(t, "STANDIN7", a.ComputerName)
}

func TestPagesThatWait(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"wrong architecture", `"x86"`, `"amd64"`, "[Install Windows] Language to install"},
		{"not an answer file", "<unattend", "<other", "could not parse or process the unattend answer file"},
		{"an unknown element", "<OOBE>", "<OOBE><HideLocalAccountScreen>true</HideLocalAccountScreen>", "pass [oobeSystem]. Component [Microsoft-Windows-Shell-Setup], element <OOBE/HideLocalAccountScreen>"},
		{"another component for the locales", "Microsoft-Windows-International-Core-WinPE", "Other", "component is not implemented"},
		{"an edition that is not on the medium", "Windows 7 PROFESSIONAL", "Windows 7 ENTERPRISE", "Select the operating system"},
		{"the edition's name in another case", "Windows 7 PROFESSIONAL", "Windows 7 Professional", "Select the operating system"},
		{"license terms", "<AcceptEula>true</AcceptEula>", "", "license terms"},
		{"a partition that is not made", "<InstallTo><DiskID>0</DiskID><PartitionID>1", "<InstallTo><DiskID>0</DiskID><PartitionID>2", "Where do you want to install Windows?"},
		{"locales in OOBE", "<UILanguage>en-US</UILanguage><UserLocale>en-US</UserLocale>\n    </component>\n    <component name=\"Microsoft-Windows-Shell-Setup\"", "</component>\n    <component name=\"Microsoft-Windows-Shell-Setup\"", "Country or region"},
		{"no account", "<Group>Administrators</Group>", "<Group>Users</Group>", "No account of the answer file is an administrator"},
		{"open OOBE page", "<ProtectYourPC>3</ProtectYourPC>", "", "Help protect your computer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := whole(t)
			require.Contains(t, file, tt.old)
			_, err := Read([]byte(strings.ReplaceAll(file, tt.old, tt.new)), editions)
			page, ok := AsPage(err)
			require.True(t, ok, "%v", err)
			require.Contains(t, page.Error(), tt.want)
		})
	}
	t.Run("no answer file", func(t *testing.T) {
		_, err := Read(nil, editions)
		require.ErrorContains(t, err, "Language to install")
	})
}

func TestLayout(t *testing.T) {
	const mb = sectorsInMB
	tests := []struct {
		name       string
		partitions []unattend.Partition
		sectors    uint64
		want       []Extent
		fails      string
	}{
		{"one that takes all", []unattend.Partition{{}}, 4096 * mb, []Extent{{2048, 4095 * mb}}, ""},
		{"a small one before", []unattend.Partition{{SizeMB: 100}, {}}, 4096 * mb, []Extent{{2048, 100 * mb}, {2048 + 100*mb, 3995 * mb}}, ""},
		{"a disk that ends within a MB", []unattend.Partition{{}}, 4096*mb - 1, []Extent{{2048, 4094 * mb}}, ""},
		{"too large", []unattend.Partition{{SizeMB: 5000}}, 4096 * mb, nil, "partition 1 does not fit on the disk of 4096 MB"},
		{"nothing left", []unattend.Partition{{SizeMB: 4095}, {}}, 4096 * mb, nil, "partition 2 does not fit"},
		{"extends in the middle", []unattend.Partition{{}, {SizeMB: 1}}, 4096 * mb, nil, "partition 1 extends but is not the last"},
		{"too many", make([]unattend.Partition, 5), 4096 * mb, nil, "5 partitions"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Layout(tt.partitions, tt.sectors)
			if tt.fails != "" {
				require.ErrorContains(t, err, tt.fails)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestMBR(t *testing.T) {
	code := bytes.Repeat([]byte{0x90}, 440)
	mbr := MBR(code, []unattend.Partition{{TypeID: "0x27"}, {Active: true}}, []Extent{{2048, 4096}, {6144, 8192}}, 0x12345678)
	require.Len(t, mbr, 512)
	require.Equal(t, code, mbr[:440])
	require.Equal(t, uint32(0x12345678), binary.LittleEndian.Uint32(mbr[440:]))
	first, second := mbr[446:462], mbr[462:478]
	require.Equal(t, []byte{0x00, 0x27}, []byte{first[0], first[4]})
	require.Equal(t, []byte{0x80, 0x07}, []byte{second[0], second[4]})
	require.Equal(t, uint32(6144), binary.LittleEndian.Uint32(second[8:]))
	require.Equal(t, uint32(8192), binary.LittleEndian.Uint32(second[12:]))
	require.Equal(t, []byte{0x55, 0xaa}, mbr[510:])
	require.Equal(t, make([]byte, 32), mbr[478:510], "no third and fourth partition")
}
